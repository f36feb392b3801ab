const silenced = new WeakSet();

const given = (control) => !["checkbox", "radio"].includes(control.type) || control.checked;

// Asked of the controls themselves: a FormData has the page laid out anew for its text areas.
function holds(form, condition) {
  const at = condition.indexOf("=");
  const [name, wanted] = [condition.slice(0, at), condition.slice(at + 1).split("|")];
  const found = form.elements.namedItem(name) ?? [];
  return (found instanceof RadioNodeList ? [...found] : [found].flat()).some(
    (control) => wanted.includes(control.value) && given(control) && !control.matches(":disabled"),
  );
}

// A hidden part must neither be sent nor stop the browser's own validation.
function mute(control) {
  if (!control.closest("[data-show-if][hidden]")) {
    if (silenced.delete(control)) control.disabled = false;
  } else if (!control.disabled) {
    control.disabled = true;
    silenced.add(control);
  }
}

// Asked for in a part that is shown; without this script every part is shown, and none is a must.
function demand(control) {
  if ("required" in control.dataset) control.required = true;
  mute(control);
}

export function applyConditions(form) {
  for (const part of form.querySelectorAll("[data-show-if]")) {
    part.hidden = !holds(form, part.dataset.showIf);
    part.querySelectorAll("input, select, textarea, button").forEach(demand);
  }
}

function react(event) {
  const form = event.target.form ?? event.target.closest?.("form");
  if (form?.querySelector("[data-show-if]")) applyConditions(form);
}

export function wireConditions() {
  document.addEventListener("input", react);
  document.addEventListener("change", react);
  document.addEventListener("reset", (event) => queueMicrotask(() => applyConditions(event.target)));
  const parts = document.querySelectorAll("form [data-show-if]");
  new Set([...parts].map((part) => part.closest("form"))).forEach(applyConditions);
}
