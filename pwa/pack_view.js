import { listen } from "./bus.js";
import { wirePlaces } from "./keep_place.js";
import { refreshPack } from "./pack.js";
import { moment, say } from "./words.js";

const TEN_MINUTES = 600_000;

function sentence({ done, total, asOf, filling, incomplete, full }) {
  if (filling) return say("pack_filling", { done, total });
  const kept = asOf ? say("pack_progress", { done, total, time: moment(asOf) }) : "";
  const more = kept && done < total ? say("pack_bounded") : "";
  const trouble = full ? say("pack_full") : incomplete ? say("pack_incomplete") : "";
  return [kept, more, trouble].filter(Boolean).join(" · ");
}

function show(progress) {
  // Who has no round has no pack: the page's own sentence stays.
  if (!progress.total) return;
  for (const element of document.querySelectorAll("[data-pack-progress]")) {
    element.hidden = false;
    element.textContent = sentence(progress);
    element.toggleAttribute("data-incomplete", Boolean(progress.incomplete));
  }
  for (const bar of document.querySelectorAll("progress[data-pack-bar]")) {
    bar.hidden = !progress.filling;
    bar.max = progress.total || 1;
    bar.value = progress.done;
  }
}

export function wirePack() {
  wirePlaces(refreshPack);
  listen("pack", show);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-pack-refresh]")) refreshPack();
  });
  addEventListener("online", () => refreshPack({ maxAge: TEN_MINUTES }));
  return refreshPack({ maxAge: TEN_MINUTES });
}
