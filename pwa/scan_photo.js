import { readPhoto } from "./reader.js";

async function readInto({ view, formats, judge }, file) {
  view.say("reading");
  try {
    const texts = await readPhoto(file, formats);
    if (texts.length) judge(texts);
    else view.say("nothing");
  } catch {
    view.say("unreadable");
  }
}

/** A photo of a label does where no camera opens; the same one may be chosen twice. */
export function wirePhoto(input, scanner) {
  input.addEventListener("change", () => {
    const [file] = input.files;
    input.value = "";
    if (file) readInto(scanner, file);
  });
}
