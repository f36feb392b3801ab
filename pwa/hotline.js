/** A call by keys alone: Enter goes from the room on to what is wrong, a number says what. */
const form = document.querySelector("[data-call]");
const room = form.querySelector("#q");
const symptoms = [...form.querySelectorAll("[data-symptoms] input")];
const TEXT = "input:not([type=radio], [type=checkbox]), textarea, select";

const rooms = () => [...form.querySelectorAll("input[name=room]")];

function goOn(event) {
  event.preventDefault();
  const same = form.querySelector("[data-same]");
  (same ?? symptoms.find((one) => one.checked) ?? symptoms[0]).focus();
}

function walk(event, step) {
  const all = rooms();
  const at = all.findIndex((one) => one.checked);
  const next = all[at + step];
  if (!next) return;
  event.preventDefault();
  next.checked = true;
  next.dispatchEvent(new Event("change", { bubbles: true }));
}

function inRoom(event) {
  if (event.key === "Enter" && rooms().length) goOn(event);
  if (event.key === "ArrowDown") walk(event, 1);
  if (event.key === "ArrowUp") walk(event, -1);
}

/** 1 to 9, and 0 for the tenth; only where no text is typed. */
function byNumber(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TEXT)) return;
  if (!/^[0-9]$/.test(event.key)) return;
  const chosen = symptoms[(Number(event.key) + 9) % 10];
  if (!chosen) return;
  event.preventDefault();
  chosen.checked = true;
  chosen.dispatchEvent(new Event("change", { bubbles: true }));
  chosen.focus();
}

// Who means a known fault need not say what is wrong; who says it means another one.
function chosen({ target }) {
  if (target.matches("[data-same]")) symptoms.forEach((one) => (one.checked = false));
  if (target.name === "symptom") form.querySelector("#same-none")?.click();
}

room.addEventListener("keydown", inRoom);
document.addEventListener("keydown", byNumber);
form.addEventListener("change", chosen);
// Enter would press the first button of the form, which is this one.
form.querySelector("[data-find]").remove();
// The browser puts the cursor into the first field only when it first draws the page: whoever
// types sooner would press the numbers of symptoms. htmx is ready by then, too.
addEventListener("DOMContentLoaded", () => {
  if (document.activeElement === document.body) form.querySelector("[autofocus]").focus();
  form.querySelector("[data-keyed]").hidden = false;
});
