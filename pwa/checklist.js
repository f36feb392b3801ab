import { wireSigns } from "./signs.js";
import { wireSwipes } from "./swipe.js";

const GOOD = 'input[type="radio"][data-good]';

function answered(group) {
  return group.some((input) => input.checked);
}

// Only open items that are shown: an answer that was given by hand is never overwritten.
function pass(part, form) {
  let changed = false;
  for (const good of part.querySelectorAll(GOOD)) {
    if (good.closest("[hidden]") || answered([...form.elements[good.name]])) continue;
    good.checked = changed = true;
  }
  return changed;
}

// An answer may open further items, which are passed as well.
function passOpenItems(part, form) {
  while (pass(part, form)) form.dispatchEvent(new Event("change", { bubbles: true }));
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

const shown = (input) => !input.disabled && !input.closest("[hidden]");

function nextReading(part, form) {
  const open = (place) => [...place.querySelectorAll("input[data-unit]")].find((input) => shown(input) && !input.value);
  (open(part) ?? open(form) ?? form.querySelector('button[type="submit"]')).focus();
}

// A note is owed once an item failed; asked for here so that a round ends with one tap, not two.
function demandNote({ target }) {
  if (!target.matches?.('.ask > input[type="radio"]')) return;
  const note = target.closest(".ask").querySelector("textarea");
  if (note) note.required = "fails" in target.dataset;
}

for (const button of document.querySelectorAll("[data-all-good]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const part = button.closest("[data-part]") ?? button.form;
    passOpenItems(part, button.form);
    nextReading(part, button.form);
  });
}
for (const form of document.querySelectorAll('form[data-outbox="inspection"]')) {
  form.addEventListener("change", demandNote);
  wireSwipes(form);
  wireSigns(form);
}

// The phone's copy of a page does not know how it was reached; the printed address does.
if (location.pathname.startsWith("/T/")) {
  document.querySelectorAll('input[name="scanned"]').forEach((input) => (input.value = "1"));
  document
    .querySelectorAll('input[name="scanned_at"]')
    .forEach((input) => (input.value = new Date().toISOString()));
  // Whoever goes on to a fault from here has shown that they are there (pwa/steps.js).
  const [, , code] = location.pathname.replaceAll("-", "").toUpperCase().split("/");
  document.querySelectorAll('a[href^="/faults/"]').forEach((link) => (link.hash = `at=${code}`));
}
