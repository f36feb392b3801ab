import { applyConditions } from "./conditional.js";
import { correct, renew } from "./draft.js";
import { clearPhotos } from "./photos.js";
import { clearNotes, note } from "./places.js";
import { sentence } from "./states.js";
import { say } from "./words.js";

const TONES = { received: "ok", attention: "now" };

function status(form) {
  let box = form.querySelector(":scope > [data-outbox-status]");
  if (!box) {
    box = document.createElement("div");
    box.setAttribute("data-outbox-status", "");
    box.setAttribute("role", "status");
    form.append(box);
  }
  box.hidden = false;
  box.tabIndex = -1;
  return box;
}

function line(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

function fold(form, folded) {
  for (const child of form.children) {
    if (!child.hasAttribute("data-outbox-status")) child.style.display = folded ? "none" : "";
  }
}

function another(form) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.setAttribute("data-new-entry", "");
  button.textContent = say("new_entry");
  button.addEventListener("click", () => {
    renew(form);
    release(form);
    form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
  return button;
}

/** The entry is on the phone: say where it stands and offer the next one. */
export function settle(form, row) {
  const box = status(form);
  clearNotes(form);
  fold(form, true);
  form.dataset.state = row.state;
  box.className = `notice notice--${TONES[row.state] ?? "saved"}`;
  const text = line(sentence(row));
  const message = row.receipt?.outcome !== "done" ? row.receipt?.message : "";
  const focused = form.contains(document.activeElement);
  box.replaceChildren(text, ...(message ? [line(message)] : []), another(form));
  if (focused) box.focus();
}

/** An empty form again, as the server rendered it. */
export function release(form) {
  clearNotes(form);
  fold(form, false);
  delete form.dataset.state;
  const box = status(form);
  box.replaceChildren();
  box.hidden = true;
  form.reset();
  clearPhotos(form);
  applyConditions(form);
}

function explain(form, { field, message }) {
  const control = form.elements.namedItem(field);
  const first = control instanceof RadioNodeList ? control[0] : control;
  if (!first) return status(form).append(line(message));
  first.setAttribute("aria-invalid", "true");
  return note(first, message);
}

/** The server refused it: everything typed is still here, each cause stands at its field. */
export function refuse(form, row) {
  correct(form);
  clearNotes(form);
  fold(form, false);
  form.dataset.state = row.state;
  const box = status(form);
  box.className = "notice notice--now";
  box.replaceChildren(line(sentence(row)));
  row.last_error.errors.forEach((error) => explain(form, error));
  form.querySelector("[aria-invalid]")?.focus();
}

export function showNotSaved(form, error) {
  const box = status(form);
  form.dataset.state = "not-saved";
  box.className = "notice notice--now";
  const full = error.name === "QuotaExceededError";
  box.replaceChildren(line(full ? say("not_saved_full") : say("not_saved", { reason: error.message })));
}
