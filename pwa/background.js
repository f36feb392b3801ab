export const TAG = "outbox";

/** Ask the browser, where it can, to wake the service worker once there is a network. */
export async function wakeLater() {
  try {
    const workers = globalThis.navigator.serviceWorker;
    const registration = globalThis.registration ?? (await workers?.getRegistration());
    await registration?.sync?.register(TAG);
  } catch {
    // No worker yet, or the person does not allow it: the pages send as ever.
  }
}
