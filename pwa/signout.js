import { dropMeta, readMeta, writeMeta } from "./db.js";
import { rowsOf, UNSENT } from "./queue.js";
import { forgetUser, owner } from "./session.js";
import { say } from "./words.js";

const leave = (action) => fetch(action, { method: "POST", redirect: "manual", cache: "no-store" });

async function unsent() {
  const rows = owner() ? await rowsOf(owner()) : [];
  return rows.filter((row) => UNSENT.has(row.state)).length;
}

async function signOut(form) {
  const n = await unsent();
  if (n && !window.confirm(say("signout_unsent", { n }))) return;
  await forgetUser();
  try {
    await leave(form.action);
    location.assign(form.dataset.signout || "/sign-in");
  } catch {
    // The session itself ends at the next contact; the phone is cleared already.
    await writeMeta("signout", form.action);
    location.assign("/offline");
  }
}

/** End at the server what was ended offline. True if a session was ended just now. */
export async function finishSignOut() {
  const action = await readMeta("signout");
  if (!action) return false;
  try {
    await leave(action);
  } catch {
    return false;
  }
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
