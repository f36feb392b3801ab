import { listen } from "./bus.js";
import { dirtyForms } from "./draft.js";
import { say } from "./words.js";

let sending = false;
let asked = false;

function offer(registration) {
  const ready = registration.waiting && navigator.serviceWorker.controller;
  document.querySelectorAll("[data-update-ready]").forEach((notice) => (notice.hidden = !ready));
}

// A waiting outbox is no obstacle; a half-filled form or a request on its way is.
function apply(registration, button) {
  if (dirtyForms().length || sending) {
    button.closest("[data-update-ready]").querySelector("[data-update-note]").textContent =
      say("update_wait");
    return;
  }
  asked = true;
  registration.waiting?.postMessage("apply-update");
}

function watch(registration) {
  registration.installing?.addEventListener("statechange", () => offer(registration));
}

export async function wireWorker() {
  if (!("serviceWorker" in navigator)) return;
  // Only a module worker can share our modules; only background sync needs them there.
  const type = "SyncManager" in window ? "module" : "classic";
  const options = { scope: "/", updateViaCache: "none", type };
  const registration = await navigator.serviceWorker.register(`/sw.js?type=${type}`, options);
  listen("sending", (id) => (sending = id !== null));
  registration.addEventListener("updatefound", () => watch(registration));
  watch(registration);
  offer(registration);
  navigator.serviceWorker.addEventListener("controllerchange", () => asked && location.reload());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-update-apply]");
    if (button) apply(registration, button);
  });
}
