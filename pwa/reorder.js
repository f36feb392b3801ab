/**
 * Puts items into another order: by their buttons without leaving the page, and by dragging the
 * grip. The server decides what a move means; the list is taken from its answer.
 */
const list = document.querySelector("[data-reorder]");
const EDGE = 72;
let held = null;

async function send(form, to) {
  const body = new URLSearchParams({ to });
  const reply = await fetch(form.action, { method: "POST", body });
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const fresh = page.querySelector("[data-reorder]");
  // Anything unexpected (signed out, another page, an error) is shown whole by the browser.
  if (!reply.ok || !fresh) return location.reload();
  const words = list.querySelector("[data-moved]").dataset.moved;
  list.replaceChildren(...fresh.childNodes);
  showGrips();
  list.querySelector("[data-moved]").textContent = words;
}

async function step(event) {
  if (!event.target.matches("[data-move]")) return;
  event.preventDefault();
  const { id, value } = event.submitter;
  await send(event.target, value).catch(() => location.reload());
  const again = document.getElementById(id);
  again?.focus({ preventScroll: true });
  again?.scrollIntoView({ block: "nearest" });
}

function showGrips() {
  list.querySelectorAll("[data-grip]").forEach((grip) => (grip.hidden = false));
}

const rows = () => [...list.querySelectorAll("[data-key]")];

/** The row before which the pointer stands; null behind the last one. */
function before(y) {
  return rows().find((row) => {
    const { top, height } = row.getBoundingClientRect();
    return y < top + height / 2;
  });
}

function mark(target) {
  rows().forEach((row) => row.classList.toggle("order--here", row === target));
  list.classList.toggle("order--end", target === undefined);
}

function take(event) {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  held = grip.closest("[data-key]");
  held.classList.add("order--held");
  list.setPointerCapture(event.pointerId);
}

function drag(event) {
  if (!held) return;
  if (event.clientY < EDGE) scrollBy(0, -12);
  if (event.clientY > innerHeight - EDGE) scrollBy(0, 12);
  mark(before(event.clientY));
}

function drop(event) {
  if (!held) return;
  const row = held;
  const target = before(event.clientY);
  letGo();
  const next = rows()[rows().indexOf(row) + 1];
  if (event.type === "pointercancel" || target === row || target === next) return;
  const form = row.querySelector("[data-move]");
  send(form, target ? `before:${target.dataset.key}` : "end").catch(() => location.reload());
}

function letGo() {
  held?.classList.remove("order--held");
  held = null;
  mark(null);
}

list.addEventListener("submit", step);
list.addEventListener("pointerdown", take);
list.addEventListener("pointermove", drag);
list.addEventListener("pointerup", drop);
list.addEventListener("pointercancel", drop);
addEventListener("keydown", (event) => event.key === "Escape" && letGo());
showGrips();
