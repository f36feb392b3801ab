import { dropMeta, readMeta, writeMeta } from "./db.js";
import { rowsOf, UNSENT } from "./queue.js";
import { forgetUser, owner } from "./session.js";
import { ask, whoami } from "./wire.js";
import { say } from "./words.js";

async function unsent() {
  const rows = owner() ? await rowsOf(owner()) : [];
  return rows.filter((row) => UNSENT.has(row.state)).length;
}

async function signOut(form) {
  const n = await unsent();
  if (n && !window.confirm(say("signout_unsent", { n }))) return;
  await forgetUser();
  await writeMeta("signout", form.action);
  // Offline the phone is cleared all the same; the session itself ends at the next contact.
  location.assign((await finishSignOut()) ? form.dataset.signout || "/sign-in" : "/offline");
}

/** End the session at the server if that is still owed. True if it has ended just now. */
export async function finishSignOut() {
  const action = await readMeta("signout");
  if (!action) return false;
  await ask("POST", action, { seconds: 10 });
  const who = await whoami();
  if (!who || who.user) return false;
  await dropMeta("signout");
  return true;
}

export function wireSignOut() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-signout]")) return;
    event.preventDefault();
    signOut(event.target);
  });
}
