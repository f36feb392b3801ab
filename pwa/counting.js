import { CountView } from "./count_view.js";
import { note } from "./places.js";
import { Scanner } from "./scanner.js";

/**
 * Wires a form that counts by continuous scanning. `take(texts)` judges what the camera read;
 * `codeTyped()` gives what stands in the typed field, or null with the reason beside it; `put(code)`
 * puts it on the list and answers as a scanner asks; `more()`: whether something else is counted.
 */
export function wireCounting(form, list, formats, { take, codeTyped, put, more = () => false }) {
  const { typed, others, nothing } = form.elements;
  const view = new CountView(form, list);
  const scanner = new Scanner(form.querySelector("[data-scanner]"), formats, take, { continuous: true });

  function takeTyped() {
    const code = codeTyped();
    if (!code) return false;
    const { say, ...values } = put(code, false);
    scanner.view.say(say, values);
    typed.value = "";
    return true;
  }

  function mayFile() {
    if (typed.value.trim() && !takeTyped()) return typed;
    if (list.taken.length || nothing.checked || more()) return null;
    note(others, form.dataset.empty);
    return nothing;
  }

  form.querySelector("[data-count-add]").addEventListener("click", () => {
    takeTyped();
    typed.focus();
  });
  typed.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    takeTyped();
  });
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-remove]");
    if (button) list.remove(button.dataset.remove);
  });
  form.addEventListener("change", ({ target }) => list.ticked(target));
  // Before the queue hears of it: what is still in the field belongs to the list.
  form.addEventListener("submit", (event) => {
    const wrong = mayFile();
    if (!wrong) return scanner.stop();
    event.preventDefault();
    event.stopPropagation();
    return wrong.focus();
  });
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      note(others, "");
      view.show();
    });
  }
  form.addEventListener("reset", () => queueMicrotask(() => view.show()));

  for (const part of form.querySelectorAll("[data-count-live]")) part.hidden = false;
  form.querySelector("[data-count-plain]").hidden = true;
  view.show();
  scanner.begin();
}
