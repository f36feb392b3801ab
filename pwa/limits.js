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
  if (!note) return;
  note.hidden = !out;
  note.querySelectorAll("textarea").forEach((words) => (words.required = out));
}

/** A reading outside its limits is told at once, and may still be filed: it is a finding. */
export function wireLimits() {
  // After the form is empty again no reading in it is outside anything.
  document.addEventListener("reset", ({ target }) =>
    queueMicrotask(() => target.querySelectorAll("input[data-min], input[data-max]").forEach(mark)),
  );
  document.addEventListener("input", (event) => {
    if (event.target.matches("input[data-min], input[data-max]")) mark(event.target);
  });
}
