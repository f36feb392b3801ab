import { note } from "./places.js";
import { parse, spelled } from "./tag_code.js";

/**
 * A field that a code is typed into: a slip is told beside it while the label is before one's
 * eyes. The function returned gives the code, or null and the reason beside the field.
 */
export function wireTyped(field) {
  const slip = (yes) => note(field, yes ? field.dataset.slip : "");
  field.addEventListener("input", () => slip(spelled(field.value).length >= 10 && !parse(field.value)));
  return () => {
    const code = parse(field.value);
    slip(!code);
    return code;
  };
}
