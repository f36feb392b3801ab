import { CountList } from "./count_list.js";
import { CountView } from "./count_view.js";
import { note } from "./places.js";
import { Scanner } from "./scanner.js";
import { tagIn } from "./tag_code.js";
import { wireTyped } from "./typed_code.js";

const form = document.querySelector('form[data-outbox="count"]');
const root = form.querySelector("[data-scanner]");
const bases = [...JSON.parse(root.dataset.bases), location.origin];
const { typed, others, nothing } = form.elements;
const list = new CountList(form);
const view = new CountView(form, list);

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

const scanner = new Scanner(root, ["QRCode"], take, { continuous: true });
const codeTyped = wireTyped(typed);

function takeTyped() {
  const code = codeTyped();
  if (!code) return false;
  const { say, ...values } = put(code, false);
  scanner.view.say(say, values);
  typed.value = "";
  return true;
}

function mayFile() {
  if (typed.value.trim() && !takeTyped()) return typed;
  if (list.taken.length || nothing.checked) return null;
  note(others, form.dataset.empty);
  return nothing;
}

form.querySelector("[data-count-add]").addEventListener("click", () => {
  takeTyped();
  typed.focus();
});
typed.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  takeTyped();
});
form.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-remove]");
  if (button) list.remove(button.dataset.remove);
});
form.addEventListener("change", ({ target }) => {
  if (target.matches('[name="code"], [name="untagged"]')) list.ticked(target);
});
// Before the queue hears of it: what is still in the field belongs to the list.
form.addEventListener("submit", (event) => {
  const wrong = mayFile();
  if (!wrong) return scanner.stop();
  event.preventDefault();
  event.stopPropagation();
  return wrong.focus();
});
for (const kind of ["input", "change"]) {
  form.addEventListener(kind, () => {
    note(others, "");
    view.show();
  });
}
form.addEventListener("reset", () => queueMicrotask(() => view.show()));

for (const part of form.querySelectorAll("[data-count-live]")) part.hidden = false;
form.querySelector("[data-count-plain]").hidden = true;
view.show();
scanner.begin();
