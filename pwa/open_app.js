const SEEN = "open-app-seen";

const isApp = () => navigator.standalone || matchMedia("(display-mode: standalone)").matches;

/** The phone's own camera opens a browser, whose store is not the installed app's: said once. */
export function tellOfApp() {
  const line = document.querySelector("[data-open-app]");
  const cameFromHere = document.referrer.startsWith(location.origin);
  if (!line || isApp() || cameFromHere || localStorage.getItem(SEEN)) return;
  line.hidden = false;
  line.querySelector("button").addEventListener("click", () => {
    localStorage.setItem(SEEN, "1");
    line.hidden = true;
  });
}
