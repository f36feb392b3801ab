// The server renders these places; a form without them gets them where its field stands.
function find(control, attribute, tag) {
  const name = control.name;
  const found = control.form.querySelector(`[${attribute}="${CSS.escape(name)}"]`);
  if (found) return found;
  const element = document.createElement(tag);
  element.setAttribute(attribute, name);
  (control.closest(".field, fieldset") ?? control.parentElement).append(element);
  return element;
}

/** A sentence next to its field; none clears it. */
export function note(control, text, tone = "error") {
  const place = find(control, "data-error-for", "p");
  place.className = tone;
  place.textContent = text;
  place.hidden = !text;
}

/** A cause at the field that the server named; false if the form has no such field. */
export function explain(form, field, message) {
  const control = form.elements.namedItem(field);
  const first = control instanceof RadioNodeList ? control[0] : control;
  if (!first) return false;
  first.setAttribute("aria-invalid", "true");
  note(first, message);
  return true;
}

export const thumbs = (control) => find(control, "data-thumbs-for", "div");

export function clearNotes(form) {
  for (const place of form.querySelectorAll("[data-error-for]")) {
    place.textContent = "";
    place.hidden = true;
  }
  form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
}

export function clearThumbs(form) {
  form.querySelectorAll("[data-thumbs-for]").forEach((place) => place.replaceChildren());
}
