import { say } from "./words.js";

const UNITS = ["kilobyte", "megabyte", "gigabyte", "terabyte"];

function size(bytes) {
  const step = Math.min(UNITS.length, Math.max(1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const style = { style: "unit", unit: UNITS[step - 1], maximumFractionDigits: step > 2 ? 1 : 0 };
  const { lang } = document.documentElement;
  return new Intl.NumberFormat(lang || undefined, style).format(bytes / 1000 ** step);
}

/** How much of what the browser grants this site is used. */
export async function showStorage() {
  const places = document.querySelectorAll("[data-storage-use]");
  if (!places.length || !navigator.storage?.estimate) return;
  const { usage, quota } = await navigator.storage.estimate();
  for (const place of places) {
    place.hidden = !quota;
    place.textContent = say("storage_use", { used: size(usage), quota: size(quota) });
  }
}
