import { Scanner } from "./scanner.js";
import { tagIn } from "./tag_code.js";

const page = document.querySelector("[data-scan-page]");
const root = page.querySelector("[data-scanner]");
const bases = [...JSON.parse(root.dataset.bases), location.origin];
const SEEN = `labels-${page.dataset.room}`;
const seen = new Set(JSON.parse(sessionStorage.getItem(SEEN) ?? "[]"));

const labelOf = (code) => document.querySelector(`[data-label="${code}"]`);
const tick = (code) => labelOf(code)?.querySelector("[data-seen]").removeAttribute("hidden");

// What belongs here is ticked; about anything else the server is asked. Nothing scanned is opened.
function judge(text, code) {
  if (code && labelOf(code)) sessionStorage.setItem(SEEN, JSON.stringify([...seen.add(code)]));
  const place = new URL(location.pathname, location.origin);
  place.searchParams.set("code", code ?? text.slice(0, 500));
  location.replace(place);
}

// The label whose verdict stands above is still before the camera: it is judged once.
const judged = new URLSearchParams(location.search).get("code");

function take(texts) {
  for (const text of texts) {
    const { code, foreign } = tagIn(text, bases);
    if ((code ?? text) === judged) return {};
    if (code || foreign) return { done: () => judge(text, code) };
  }
  return { say: "other" };
}

seen.forEach(tick);
page.hidden = false;
new Scanner(root, ["QRCode"], take).begin();
