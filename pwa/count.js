import { CountList } from "./count_list.js";
import { wireCounting } from "./counting.js";
import { tagIn } from "./tag_code.js";
import { wireTyped } from "./typed_code.js";

const form = document.querySelector('form[data-outbox="count"]');
const bases = [...JSON.parse(form.querySelector("[data-scanner]").dataset.bases), location.origin];
const list = new CountList(form);

function put(code, scanned) {
  const name = list.nameOf(code);
  if (code === form.dataset.door) return { say: "door" };
  return list.add(code, scanned) ? { say: "counted", name, done: () => {} } : { say: "again", name };
}

// Two labels side by side are two devices: each is put on the list, the last one is told.
function take(texts) {
  const found = texts.map((text) => tagIn(text, bases));
  const told = found.filter((one) => one.code).map((one) => put(one.code, true));
  if (told.length) return told.find((one) => one.done) ?? told.at(-1);
  const { foreign } = found.find((one) => one.foreign) ?? {};
  return foreign ? { say: "foreign", host: foreign } : { say: "other" };
}

wireCounting(form, list, ["QRCode"], { take, put, codeTyped: wireTyped(form.elements.typed) });
