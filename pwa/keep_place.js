import { readMeta, writeMeta } from "./db.js";
import { owner } from "./session.js";

// The choice is this phone's, and its person's: { owner, room: [keys], site: [keys] }.
const NAME = "kept_places";
const KINDS = ["room", "site"];

async function chosen(me) {
  const kept = await readMeta(NAME);
  return kept?.owner === me ? kept : { owner: me, room: [], site: [] };
}

/** The part of the pack's address that names the rooms and sites kept on this phone. */
export async function asked(me) {
  const kept = await chosen(me);
  const pairs = KINDS.flatMap((kind) => kept[kind].map((key) => [kind, key]));
  return pairs.length ? `?${new URLSearchParams(pairs)}` : "";
}

async function toggle(button) {
  const { keep: kind, key } = button.dataset;
  const kept = await chosen(owner());
  const others = kept[kind].filter((other) => other !== key);
  const on = others.length === kept[kind].length;
  await writeMeta(NAME, { ...kept, [kind]: on ? [...others, key] : others });
}

async function show() {
  const kept = await chosen(owner());
  for (const button of document.querySelectorAll("button[data-keep]")) {
    const { keep: kind, key } = button.dataset;
    const on = kept[kind].includes(key);
    button.hidden = !owner();
    button.setAttribute("aria-pressed", on);
    button.querySelector("[data-keep-off]").hidden = on;
    button.querySelector("[data-keep-on]").hidden = !on;
  }
}

/** Buttons that keep a room or a site on this phone, and let it go again. */
export function wirePlaces(refresh) {
  show();
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("button[data-keep]");
    if (!button) return;
    await toggle(button);
    await show();
    await refresh();
  });
}
