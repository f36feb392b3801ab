/** The desk's board: one-key actions, what changed said once, and a tone for a new level I. */
import { wireHand } from "./board_hand.js";
import { wireNews } from "./board_news.js";
import { wireSound } from "./board_sound.js";

const board = document.getElementById("board");
const lines = document.getElementById("lines");
const panel = document.getElementById("panel");
const body = document.getElementById("panel-body");
const words = JSON.parse(board.dataset.words);
const ring = wireSound(board.querySelector("[data-sound]"), words);
const tell = wireNews(lines, document.getElementById("board-news"), words, ring);
const handOn = wireHand(lines, () => window.htmx.trigger(lines, "later"));
const TYPED = "input, select, textarea, [contenteditable], dialog";

const faults = () => [...lines.querySelectorAll("[data-fault]")];
const link = (fault) => fault?.querySelector("a");
let place = null;

function current() {
  return document.activeElement.closest?.("[data-fault]") ?? null;
}

function move(step) {
  const all = faults();
  const at = all.indexOf(current());
  link(all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)])?.focus();
}

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => document.querySelector("#filters select").focus(),
  c: () => location.assign("/hotline/new"),
};

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (panel.open || event.target.closest?.(TYPED)) return;
  const button = current()?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  const arrow = current() && { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const action = arrow ? () => move(arrow) : ACTIONS[event.key] ?? (button && (() => button.click()));
  if (!action || event.repeat && button) return;
  event.preventDefault();
  action();
}

// The focus follows its fault by id (htmx does that); one that has left the list gives it on.
function keepPlace() {
  const fault = current();
  const at = faults().indexOf(fault);
  place = fault && { id: document.activeElement.id, fault: fault.dataset.fault, at };
}

function backInPlace() {
  if (!place || current()) return;
  const all = faults();
  const same = all.find((fault) => fault.dataset.fault === place.fault);
  (document.getElementById(place.id) ?? link(same ?? all[Math.min(place.at, all.length - 1)]))?.focus();
}

// The list as time goes by, and not as somebody wanted it just now.
function byItself({ elt, requestConfig: { triggeringEvent: by } }) {
  return elt === lines && (!by || by.type === "later");
}

function listen() {
  document.addEventListener("keydown", press);
  addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.shouldSwap && byItself(detail) && handOn()) detail.shouldSwap = false;
    else if (detail.target === lines) keepPlace();
    if (panel.open && detail.xhr.status === 422) {
      detail.target = body;
      detail.selectOverride = `form[action="${new URL(detail.xhr.responseURL).pathname}"]`;
    }
  });
  addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target === lines) {
      backInPlace();
      tell();
    }
    if (detail.target === body) showPanel(detail);
  });
  addEventListener("htmx:afterRequest", ({ detail }) => {
    const { verb, path } = detail.requestConfig;
    if (verb !== "post" || !detail.successful || !path.startsWith("/faults/")) return;
    panel.close();
    window.htmx.trigger(lines, "refresh");
  });
}

function showPanel({ xhr }) {
  const form = body.querySelector("form");
  if (!form) return location.assign(new URL(xhr.responseURL).pathname);
  keepPlace();
  if (!panel.open) panel.showModal();
  form.querySelector("input:not([type=hidden]), select, button")?.focus();
}

panel.addEventListener("close", () => {
  body.replaceChildren();
  backInPlace();
});
listen();
