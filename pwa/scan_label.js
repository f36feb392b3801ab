import { wireScanning } from "./scan_into.js";
import { tagIn } from "./tag_code.js";

// A label of ours in a field that asks for its code; which label it must be is the server's to say.
function take(texts, field, done, root) {
  const bases = [...JSON.parse(root.dataset.bases), location.origin];
  const found = texts.map((text) => tagIn(text, bases));
  const { code } = found.find((one) => one.code) ?? {};
  if (code) return { done: () => done(code) };
  const { foreign } = found.find((one) => one.foreign) ?? {};
  return foreign ? { say: "foreign", host: foreign } : { say: "other" };
}

function choose(field, code) {
  field.value = code;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

wireScanning(["QRCode"], take, choose);
