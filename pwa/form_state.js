import { applyConditions } from "./conditional.js";
import { correct, renew } from "./draft.js";
import { drop } from "./keep.js";
import { showNext } from "./next_stop.js";
import { clearPhotos } from "./photos.js";
import { clearNotes, explain } from "./places.js";
import { sentence } from "./states.js";
import { moment, say } from "./words.js";

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

function tell(form, tone, ...parts) {
  const box = status(form);
  box.className = `notice notice--${tone}`;
  box.replaceChildren(...parts);
}

function fold(form, folded) {
  for (const child of form.children) {
    if (!child.hasAttribute("data-outbox-status")) child.style.display = folded ? "none" : "";
  }
}

function another(form, word = form.dataset.outbox === "step" ? "next_step" : "new_entry") {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn" });
  button.setAttribute("data-new-entry", "");
  button.textContent = say(word);
  button.addEventListener("click", () => {
    if (word === "start_over" && !window.confirm(say("discard_sure"))) return;
    drop(form);
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
  const message = row.receipt?.outcome !== "done" ? row.receipt?.message : "";
  const focused = form.contains(document.activeElement);
  box.replaceChildren(line(sentence(row)), ...(message ? [line(message)] : []), another(form));
  if (focused) box.focus();
  showNext(form).catch(() => {});
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

/** The server refused it: everything typed is still here, each cause stands at its field. */
export function refuse(form, row, resumed = false) {
  correct(form);
  clearNotes(form);
  fold(form, false);
  form.dataset.state = row.state;
  tell(form, "now", line(sentence(row)), ...(resumed ? [another(form, "start_over")] : []));
  for (const { field, message } of row.last_error.errors) {
    if (!explain(form, field, message)) status(form).append(line(message));
  }
  form.querySelector("[aria-invalid]")?.focus();
}

/** What was filled in on an earlier visit is back in the form. */
export function showKept(form, at) {
  tell(form, "saved", line(say("kept", { time: moment(at) })), another(form, "start_over"));
}

/** Another tab holds what was begun here. */
export const showElsewhere = (form) => tell(form, "warn", line(say("elsewhere")));

export function showNotSaved(form, error) {
  form.dataset.state = "not-saved";
  const word = error.name === "QuotaExceededError" ? "not_saved_full" : "not_saved";
  tell(form, "now", line(say(word, { reason: error.message })));
}
