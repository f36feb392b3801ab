const FAR = 72;

// Along the row only: a thumb that scrolls the page must not fail what it passes over.
const along = (from, event) => {
  const [x, y] = [event.clientX - from.x, event.clientY - from.y];
  return Math.abs(x) > FAR && Math.abs(x) > 2 * Math.abs(y) ? Math.sign(x) : 0;
};

function answer(row, way) {
  const wanted = row.querySelector(way < 0 ? "input[data-fails]" : "input[data-good]");
  if (!wanted || wanted.checked) return;
  wanted.checked = true;
  for (const kind of ["input", "change"]) wanted.dispatchEvent(new Event(kind, { bubbles: true }));
}

/** A row pushed to the left has failed, to the right it is good; the buttons say the same. */
export function wireSwipes(form) {
  let from = null;
  form.addEventListener("pointerdown", (event) => {
    const row = event.target.closest("[data-swipe]");
    const writing = event.target.closest("input, textarea");
    from = row && !writing && event.pointerType !== "mouse" ? { row, x: event.clientX, y: event.clientY } : null;
  });
  form.addEventListener("pointerup", (event) => {
    const way = from && along(from, event);
    if (way) answer(from.row, way);
    from = null;
  });
  form.addEventListener("pointercancel", () => (from = null));
}
