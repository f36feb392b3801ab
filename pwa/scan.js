import { note } from "./places.js";
import { Scanner } from "./scanner.js";
import { parse, spelled, tagIn } from "./tag_code.js";

const root = document.querySelector("[data-scanner]");
const typed = document.querySelector('form[action="/scan"] input[name="code"]');
const bases = [...JSON.parse(root.dataset.bases), location.origin];

// Which device or room a blank is looked for, from the page that led here.
const meant = /^\?(device|room)=\d+$/.test(location.search) ? location.search : "";

const fake = document.querySelector("[data-report-fake]");
function report(host) {
  if (host) fake.href = `/fake?${new URLSearchParams({ why: "foreign", found: host })}`;
  fake.hidden = !host;
}

// The printed address, as the phone's own camera would have opened it: what follows is scanned.
function take(texts) {
  const found = texts.map((text) => tagIn(text, bases));
  const { code } = found.find((one) => one.code) ?? {};
  if (code) return { done: () => location.assign(`/T/${code}${meant}`) };
  const { foreign } = found.find((one) => one.foreign) ?? {};
  report(foreign);
  return foreign ? { say: "foreign", host: foreign } : { say: "other" };
}

const slip = (yes) => note(typed, yes ? typed.dataset.slip : "");

typed.addEventListener("input", () => slip(spelled(typed.value).length >= 10 && !parse(typed.value)));
typed.form.addEventListener("submit", (event) => {
  const code = parse(typed.value);
  if (!code && /^\s*https?:/i.test(typed.value)) return;
  event.preventDefault();
  slip(!code);
  if (code) location.assign(`/t/${code}${meant}`);
});

document.querySelector("[data-scan-page]").hidden = false;
document.querySelector("[data-scan-plain]").hidden = true;
new Scanner(root, ["QRCode"], take).begin();
