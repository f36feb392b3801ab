import { listen } from "./bus.js";
import { readAll } from "./db.js";
import { drain } from "./drain.js";
import { UNSENT, update } from "./queue.js";
import { sealedOf } from "./sealed.js";
import { owner } from "./session.js";
import { say } from "./words.js";

const isOthers = (id) => id !== owner();

// Of another person's entries nothing is read here but whose they are and that they wait.
async function openOnes() {
  const rows = await readAll("outbox");
  return rows.filter((row) => isOthers(row.owner_user_id) && UNSENT.has(row.state));
}

const mayGo = (row) => !row.declined && row.state !== "attention";

function addOpen(lines, row) {
  const key = `${row.owner_user_id} ${mayGo(row)}`;
  const name = row.released || say("somebody");
  const line = lines.get(key) ?? { n: 0, name, owner: mayGo(row) ? row.owner_user_id : 0 };
  lines.set(key, { ...line, n: line.n + 1, word: mayGo(row) ? "others_open" : "others_declined" });
}

async function lines() {
  const open = new Map();
  for (const row of await openOnes()) addOpen(open, row);
  const sealed = [...(await sealedOf(isOthers))].map(([name, n]) => ({ n, name, word: "others_sealed" }));
  return [...open.values(), ...sealed];
}

function draw(template, { n, name, word, owner: whose }) {
  const item = template.content.firstElementChild.cloneNode(true);
  item.querySelector("[data-text]").textContent = say(word, { n, name });
  const button = item.querySelector("[data-carry]");
  button.hidden = !whose;
  button.dataset.carry = whose ?? "";
  button.textContent = say("carry", { name });
  return item;
}

let drawn = "";

async function show() {
  const template = document.getElementById("outbox-other");
  const all = await lines();
  const now = JSON.stringify(all);
  if (now === drawn) return; // a button that is replaced under a finger loses the tap
  drawn = now;
  for (const list of document.querySelectorAll("[data-outbox-others]")) {
    list.hidden = all.length === 0;
    list.replaceChildren(...all.map((line) => draw(template, line)));
  }
}

/** Take on what a colleague may not be able to send: their deed, carried by who is signed in. */
async function carry(whose) {
  const rows = (await openOnes()).filter((row) => row.owner_user_id === whose && mayGo(row));
  for (const { submission_id: id } of rows) await update(id, { carrier: owner(), next_at: 0 });
  await drain({ force: true });
  await show();
}

/** Tell who else has entries on this phone, and offer to send those that lie open. */
export function wireOthers() {
  if (!document.getElementById("outbox-other")) return;
  listen("idle", show);
  for (const list of document.querySelectorAll("[data-outbox-others]")) {
    list.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-carry]");
      if (button) carry(Number(button.dataset.carry));
    });
  }
  show();
}
