import { numberIn } from "./number.js";

const MEASURED = "input[data-min], input[data-max], input[data-odd], input[data-last]";

function outside(input, value) {
  const { min, max, counter } = input.dataset;
  if (Number.isNaN(value)) return false;
  const over = max !== undefined && (counter === undefined ? value > Number(max) : value >= Number(max));
  return over || (counter === undefined && min !== undefined && value < Number(min));
}

// "low high places; …": values that would lie within the limits with their point moved.
function meant(input, value) {
  for (const band of input.dataset.odd?.split(";") ?? []) {
    const [low, high, places] = band.split(" ").map(Number);
    if (value >= low && value <= high) return Number((value * 10 ** places).toPrecision(12));
  }
  return null;
}

function show(input, name, shown, demand) {
  const field = input.closest(".field") ?? (input.closest(".measure") ?? input).parentElement;
  const part = field.querySelector(`[data-${name}]`);
  if (!part) return null;
  part.hidden = !shown;
  part.querySelectorAll(demand).forEach((control) => (control.required = shown));
  return part;
}

/** Ask whether a point is in the wrong place; true while that is open. */
function doubt(input, value) {
  const guess = meant(input, value);
  const part = show(input, "doubt", guess !== null, "input[type=checkbox]");
  if (!part || guess === null) return false;
  const line = part.querySelector("[data-text]");
  line.textContent = line.dataset.text.replace("{value}", guess);
  return !part.querySelector("input[type=checkbox]").checked;
}

function mark(input) {
  const value = numberIn(input.value);
  const out = outside(input, value);
  input.closest(".measure")?.classList.toggle("measure--out", out);
  const doubtful = doubt(input, value);
  show(input, "outside", out && !doubtful, "textarea");
  show(input, "back", value < Number(input.dataset.last), "input");
}

/** A reading outside its limits is told at once, and may still be filed: it is a finding. */
export function wireLimits() {
  // After the form is empty again no reading in it is outside anything.
  document.addEventListener("reset", ({ target }) =>
    queueMicrotask(() => target.querySelectorAll(MEASURED).forEach(mark)),
  );
  document.addEventListener("input", (event) => {
    const { target } = event;
    const sure = target.name?.startsWith("sure.") && target.closest(".field")?.querySelector(MEASURED);
    if (sure || target.matches(MEASURED)) mark(sure || target);
  });
}
