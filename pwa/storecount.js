import { CountList } from "./count_list.js";
import { wireCounting } from "./counting.js";
import { note } from "./places.js";
import { isOurs, isSerial, sameShelf, serialIn, serialsIn, shelfIn } from "./serial.js";
import { tagIn } from "./tag_code.js";

// Product codes (EAN) are left out: they stand beside the serial number and are on every box.
const FORMATS = ["QRCode", "DataMatrix", "Code128", "Code39"];
const form = document.querySelector('form[data-outbox="storecount"]');
const bases = [...JSON.parse(form.querySelector("[data-scanner]").dataset.bases), location.origin];
const { typed, shelf } = form.elements;
const pieces = [...form.querySelectorAll("[data-pieces]")];
const list = new CountList(form, { boxes: ["unit"], split: serialsIn, gap: "\n", show: (code) => code });

const counted = () => pieces.some((field) => field.value.trim());

function put(serial, scanned) {
  const name = list.nameOf(serial);
  return list.add(serial, scanned) ? { say: "counted", name, done: () => {} } : { say: "again", name };
}

// A list is of one shelf: the label of the next one begins a list of its own.
function goTo(label) {
  if (label.store.toLowerCase() !== form.dataset.store.toLowerCase()) return { say: "elsewhere", store: label.store };
  if (sameShelf(shelf.value, label.shelf)) return { say: "shelf", shelf: label.shelf };
  if (shelf.value.trim() && (list.taken.length || counted())) return { say: "busy", shelf: shelf.value, next: label.shelf };
  shelf.value = label.shelf;
  shelf.dispatchEvent(new Event("input", { bubbles: true }));
  return { say: "shelf", shelf: label.shelf, done: () => {} };
}

const isDevice = (text) => {
  const { code, foreign } = tagIn(text, bases);
  return text.includes("://") && Boolean(code || foreign);
};

// Beside the serial number makers print more: our own label goes first, then what is on the list.
function meant(texts) {
  const serials = texts.filter(isSerial);
  const ours = serials.filter(isOurs);
  const known = serials.filter((text) => list.isListed(serialIn(text)));
  return [ours, known, serials].find((some) => some.length) ?? [];
}

function take(texts) {
  const label = texts.map(shelfIn).find(Boolean);
  if (label) return goTo(label);
  const told = meant(texts).map((text) => put(serialIn(text), true));
  if (told.length) return told.find((one) => one.done) ?? told.at(-1);
  return { say: texts.some(isDevice) ? "device" : "other" };
}

function codeTyped() {
  const text = typed.value;
  const label = shelfIn(text);
  const wrong = label ? "" : isSerial(text) || !text.trim() ? "" : typed.dataset.wrong;
  note(typed, wrong);
  return !wrong && text.trim() ? text : null;
}

const putTyped = (text) => {
  const label = shelfIn(text);
  return label ? goTo(label) : put(serialIn(text), false);
};

function wirePieces(field) {
  for (const button of field.parentElement.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const now = Number(field.value.normalize("NFKC")) || 0;
      field.value = String(Math.max(0, now + Number(button.dataset.step)));
      // A tap is a whole change: the draft is kept at once, not when the typing pauses.
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    });
  }
}

pieces.forEach(wirePieces);
wireCounting(form, list, FORMATS, { take, codeTyped, put: putTyped, more: counted });
