const GOOD = 'input[type="radio"][data-good]';

function answered(group) {
  return group.some((input) => input.checked);
}

// Only open items: an answer that was given by hand is never overwritten.
function passOpenItems(form) {
  for (const good of form.querySelectorAll(GOOD)) {
    if (!answered([...form.elements[good.name]])) good.checked = true;
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function nextReading(form) {
  const open = [...form.querySelectorAll("input[data-unit]")].find((input) => !input.value);
  (open ?? form.querySelector('button[type="submit"]')).focus();
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
    passOpenItems(button.form);
    nextReading(button.form);
  });
  button.form.addEventListener("change", demandNote);
}

// The phone's copy of a page does not know how it was reached; the printed address does.
if (location.pathname.startsWith("/T/")) {
  document.querySelectorAll('input[name="scanned"]').forEach((input) => (input.value = "1"));
}
