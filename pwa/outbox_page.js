import { listen } from "./bus.js";
import { drain } from "./drain.js";
import { countOthers, rowsOf } from "./queue.js";
import { owner } from "./session.js";
import { sentence } from "./states.js";
import { retry } from "./verdict.js";
import { moment, say } from "./words.js";

const PLACES = { inspection: "check", swap: "swap", fault: "fault" };
const TONES = { received: "ok", attention: "now" };

let sending = null;

function fill(element, name, text) {
  const place = element.querySelector(`[data-field="${name}"]`);
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
}

const whereToCorrect = (row) =>
  row.state === "attention" ? `${row.path}#${PLACES[row.kind]}` : row.path;

function render(template, row) {
  const item = template.content.firstElementChild.cloneNode(true);
  const busy = row.submission_id === sending;
  item.dataset.id = row.submission_id;
  item.dataset.state = busy ? "sending" : row.state;
  item.dataset.tone = TONES[row.state] ?? "saved";
  fill(item, "label", row.label || say(`kind_${row.kind}`));
  fill(item, "kind", say(`kind_${row.kind}`));
  fill(item, "time", moment(row.created_wall));
  fill(item, "photos", row.photos.length ? say("photo_count", { n: row.photos.length }) : "");
  fill(item, "state", busy ? say("sending") : sentence(row));
  fill(item, "message", row.receipt?.message ?? "");
  const link = item.querySelector("a[data-field-link]");
  if (link) link.href = row.receipt?.url ?? whereToCorrect(row);
  const button = item.querySelector("[data-retry]");
  if (button) button.hidden = row.state !== "attention";
  return item;
}

const weight = (row) => (row.state === "received" || row.state === "replaced" ? 1 : 0);

async function refresh(list, template) {
  const rows = owner() ? await rowsOf(owner()) : [];
  const others = await countOthers(owner());
  rows.sort((a, b) => weight(a) - weight(b) || b.seq - a.seq);
  list.replaceChildren(...rows.map((row) => render(template, row)));
  document.querySelectorAll("[data-outbox-empty]").forEach((note) => (note.hidden = rows.length > 0));
  document.querySelectorAll("[data-outbox-others]").forEach((note) => {
    note.hidden = others === 0;
    note.textContent = say("others_unsent", { n: others });
  });
}

export function wireOutboxPage() {
  const list = document.querySelector("[data-outbox-list]");
  const template = document.getElementById("outbox-row");
  const again = () => refresh(list, template);
  listen("row", again);
  listen("sending", (id) => {
    sending = id;
    again();
  });
  list.addEventListener("click", async (event) => {
    const item = event.target.closest("[data-retry]")?.closest("[data-id]");
    if (!item) return;
    await retry(item.dataset.id);
    drain({ force: true });
  });
  addEventListener("pageshow", (event) => event.persisted && again());
  return again();
}
