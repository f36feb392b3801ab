import { listen } from "./bus.js";
import { calmly } from "./calmly.js";
import { drain } from "./drain.js";
import { discardDraft } from "./keep.js";
import { discard } from "./leave.js";
import { drawGroups, views } from "./outbox_list.js";
import { wireProgress } from "./outbox_progress.js";
import { wireOthers } from "./others.js";
import { download } from "./rescue_file.js";
import { want } from "./resume.js";
import { owner } from "./session.js";
import { askAboutUnsettled } from "./settled.js";
import { retry } from "./verdict.js";
import { say } from "./words.js";

let sending = null;
let busy = false;

const page = (selector) => document.querySelectorAll(selector);

// A run shows its own progress; the sum is told once, at its end.
function tell(count) {
  const text = say("outbox_told", {
    waiting: count("waiting"),
    needs: count("needs"),
    received: count("received"),
  });
  for (const told of page("[data-outbox-told]")) {
    if (!busy && told.textContent !== text) told.textContent = text;
  }
}

async function refresh(template) {
  const all = await views(owner(), sending);
  const count = (group) => all.filter((view) => view.group === group).length;
  drawGroups(template, all);
  page("[data-outbox-empty]").forEach((note) => (note.hidden = all.length > 0));
  const unsent = count("needs") + count("waiting");
  page("[data-outbox-rescue]").forEach((part) => (part.hidden = unsent === 0));
  tell(count);
}

const ACTS = {
  async retry(id) {
    await retry(id);
    drain({ force: true });
  },
  correct: want,
  open: want,
  delete: (id) => window.confirm(say("delete_sure")) && discard(id, owner()),
  discard: (id) => window.confirm(say("discard_sure")) && discardDraft(id),
};

function wireActs(list) {
  list.addEventListener("click", ({ target }) => {
    const control = target.closest("[data-act], [data-field-link]");
    const item = control?.closest("[data-id]");
    if (item) ACTS[control.dataset.act ?? "open"](item.dataset.id);
  });
}

function wireRun(soon) {
  listen("row", soon);
  listen("sending", (id) => {
    sending = id;
    busy ||= id !== null;
    soon();
  });
  listen("idle", () => {
    busy = false;
    soon();
    askAboutUnsettled(owner());
  });
}

export function wireOutboxPage() {
  const template = document.getElementById("outbox-row");
  const now = () => refresh(template);
  const soon = calmly(now);
  wireRun(soon);
  wireActs(document.querySelector("[data-outbox-list]"));
  wireProgress();
  wireOthers();
  addEventListener("pageshow", ({ persisted }) => persisted && soon());
  page("[data-outbox-export]").forEach((button) => {
    button.addEventListener("click", () => download(owner()));
  });
  askAboutUnsettled(owner());
  return now();
}
