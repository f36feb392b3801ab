function outside(input) {
  const value = input.valueAsNumber;
  if (Number.isNaN(value)) return false;
  const { min, max } = input.dataset;
  return (min !== undefined && value < Number(min)) || (max !== undefined && value > Number(max));
}

function mark(input) {
  const out = outside(input);
  const measure = input.closest(".measure");
  measure?.classList.toggle("measure--out", out);
  const note = (measure ?? input).parentElement.querySelector("[data-outside]");
  if (note) note.hidden = !out;
}

/** A reading outside its limits is told at once, and may still be filed: it is a finding. */
export function wireLimits() {
  document.addEventListener("input", (event) => {
    if (event.target.matches("input[data-min], input[data-max]")) mark(event.target);
  });
}
