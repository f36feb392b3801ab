import { dropMeta, readMeta } from "./db.js";
import { leave } from "./hands.js";
import { rowsOf, UNSENT } from "./queue.js";
import { owner } from "./session.js";
import { ask, whoami } from "./wire.js";
import { say } from "./words.js";

async function unsent() {
  const rows = owner() ? await rowsOf(owner()) : [];
  return rows.filter((row) => UNSENT.has(row.state)).length;
}

/** What shall become of the unsent entries: "seal", "colleagues", or "" to stay signed in. */
async function choose() {
  const n = await unsent();
  const dialog = document.querySelector("dialog[data-signout-dialog]");
  if (!n || !dialog) return "seal";
  dialog.querySelector("[data-signout-count]").textContent = say("signout_unsent", { n });
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
  return dialog.returnValue;
}

async function signOut(form) {
  const choice = await choose();
  if (!choice) return;
  // Offline the phone is cleared all the same; the session itself ends at the next contact.
  await leave({ colleagues: choice === "colleagues", signOut: form.action });
  location.replace((await finishSignOut()) ? form.dataset.signout || "/sign-in" : "/offline");
}

/** End the session at the server if that is still owed. True if it is over just now. */
export async function finishSignOut() {
  const owed = await readMeta("signout");
  if (!owed) return false;
  const who = await whoami();
  if (!who) return false;
  // Somebody who has signed in since owes nothing. (The first build kept the address alone.)
  const theirs = who.user && (owed.owner ?? who.user.id) === who.user.id;
  if (theirs) {
    await ask("POST", owed.action ?? owed, { seconds: 10 });
    if ((await whoami())?.user !== null) return false;
  }
  await dropMeta("signout");
  return theirs || !who.user;
}

export function wireSignOut() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-signout]")) return;
    event.preventDefault();
    signOut(event.target);
  });
}
