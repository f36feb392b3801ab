import { Scanner } from "./scanner.js";
import { tagIn } from "./tag_code.js";
import { wireTyped } from "./typed_code.js";

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
// Who has just filed a check still stands before its label: that one is not opened again.
const [, before] = location.hash.match(/^#after=([0-9A-Z]+)$/) ?? [];

// The printed address, as the phone's own camera would have opened it: what follows is scanned.
function take(texts) {
  const found = texts.map((text) => tagIn(text, bases));
  const codes = found.map((one) => one.code).filter(Boolean);
  const next = codes.find((code) => code !== before);
  if (next) return { done: () => location.assign(`/T/${next}${meant}`) };
  if (codes.length) return { say: "before" };
  const { foreign } = found.find((one) => one.foreign) ?? {};
  report(foreign);
  return foreign ? { say: "foreign", host: foreign } : { say: "other" };
}

const codeTyped = wireTyped(typed);
typed.form.addEventListener("submit", (event) => {
  const code = codeTyped();
  if (!code && /^\s*https?:/i.test(typed.value)) return;
  event.preventDefault();
  if (code) location.assign(`/t/${code}${meant}`);
});

document.querySelector("[data-scan-page]").hidden = false;
document.querySelector("[data-scan-plain]").hidden = true;
new Scanner(root, ["QRCode"], take).begin();
