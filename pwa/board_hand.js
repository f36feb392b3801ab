/** A list does not change under a hand: the line that it is about to press would be another one. */
const STILL = 700;

/** Returns handOn(): whether the list has to wait; `again` is called once the hand may be still. */
export function wireHand(lines, again) {
  let pressed = false;
  let moved = -STILL;
  let timer = 0;
  const feel = ({ type }) => {
    moved = performance.now();
    pressed = type === "pointerdown" || (pressed && type === "pointermove");
  };
  lines.addEventListener("pointerdown", feel);
  lines.addEventListener("pointermove", feel);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, feel);
  return () => {
    if (!pressed && performance.now() - moved >= STILL) return false;
    clearTimeout(timer);
    timer = setTimeout(again, STILL);
    return true;
  };
}
