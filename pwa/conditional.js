const silenced = new WeakSet();

function holds(form, condition) {
  const at = condition.indexOf("=");
  const wanted = condition.slice(at + 1).split("|");
  return new FormData(form).getAll(condition.slice(0, at)).some((value) => wanted.includes(value));
}

// A hidden part must neither be sent nor stop the browser's own validation.
function mute(control) {
  if (control.closest("[data-show-if][hidden]")) {
    if (control.disabled) return;
    control.disabled = true;
    silenced.add(control);
  } else if (silenced.delete(control)) {
    control.disabled = false;
  }
}

// Asked for in a part that is shown; without this script every part is shown, and none is a must.
function demand(control) {
  control.required ||= "required" in control.dataset;
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
