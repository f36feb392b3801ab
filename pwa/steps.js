import { listen } from "./bus.js";
import { applyConditions } from "./conditional.js";
import { draftOf } from "./draft.js";
import { rowOf, rowsOf } from "./queue.js";
import { owner } from "./session.js";

// The form of a fault's steps. What may follow what is the server's table, given with the page; this
// script follows it for steps that wait on this phone, and judges nothing.
const form = document.querySelector("form[data-outbox=step]");
const moves = JSON.parse(form.dataset.moves);
const first = JSON.parse(form.dataset.first);
const options = [...form.querySelectorAll("input[name=step]")];
const main = form.querySelector(".pick");
// The label by which one came here, from the page of its device.
const [, code] = location.hash.match(/^#at=([0-9A-Z]{10})$/) ?? [];
if (code) form.elements.namedItem("tag").defaultValue = code;

const { label } = form.dataset;
let proposed = null;

const stepOf = (row) => JSON.parse(row.body).find(([name]) => name === "step")?.[1];
const isOurs = (row) => row.kind === "step" && row.entity_key === form.dataset.entity;

/** Filed since this page was made, and not turned down. */
function isNewer({ state, receipt }) {
  if (!receipt) return state === "saved";
  return receipt.outcome === "done" && new Date(receipt.received_at) > new Date(form.dataset.asOf);
}

async function stageNow() {
  const rows = owner() ? await rowsOf(owner()) : [];
  const steps = rows.filter(isOurs).filter(isNewer).map(stepOf);
  return steps.reduce((stage, step) => moves[step]?.[stage] ?? stage, form.dataset.stage);
}

/** Says the step on the button, and in the outbox, where several may wait for one fault. */
function name() {
  const chosen = options.find((one) => one.checked);
  if (!chosen) return;
  const word = chosen.labels[0].textContent.trim();
  form.querySelector(".send button").lastChild.textContent = word;
  form.dataset.label = `${label} · ${word}`;
}

/** By whoever looks at it, even before this script ran; not by the server or by us. */
function isChosen() {
  const chosen = options.find((one) => one.checked && !one.defaultChecked);
  return draftOf(form).touched || Boolean(chosen && chosen !== proposed);
}

function offer(stage) {
  for (const option of options) {
    const open = Boolean(moves[option.value]?.[stage]);
    option.hidden = option.labels[0].hidden = !open;
    if (!open) option.checked = false;
  }
  const next = code && moves.arrive?.[stage] ? "arrive" : first[stage];
  const wanted = options.find((one) => one.value === next);
  if (wanted && !isChosen()) {
    wanted.checked = true;
    proposed = wanted;
  }
  const fold = form.querySelector("fieldset .fold");
  fold.hidden = ![...fold.querySelectorAll("input")].some((one) => !one.hidden);
  fold.open ||= Boolean(wanted && !main.contains(wanted));
  form.querySelector("[data-step-body]").hidden = !wanted;
  form.querySelector("[data-step-none]").hidden = Boolean(wanted);
}

async function show() {
  const stage = await stageNow().catch(() => form.dataset.stage);
  form.elements.namedItem("stage").value = stage;
  if (!form.dataset.state) offer(stage);
  applyConditions(form);
  name();
}

// What was taken is in the page's file now; a new visit shows it and what is next.
async function taken(id) {
  const row = await rowOf(id);
  if (!row || !isOurs(row) || draftOf(form).id !== id) return;
  if (row.state !== "received" || row.receipt.outcome !== "done") return;
  history.replaceState(null, ""); // the form that comes is for the next step
  location.reload();
}

form.addEventListener("change", name);
form.addEventListener("reset", () => queueMicrotask(show));
listen("row", taken);
// The outbox knows its person once its modules are in.
const wired = new MutationObserver(() => "ready" in document.documentElement.dataset && show());
wired.observe(document.documentElement, { attributes: true, attributeFilter: ["data-ready"] });
show();
