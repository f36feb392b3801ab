import { sha256 } from "./body.js";
import { draftOf } from "./draft.js";
import { isCut } from "./jpeg.js";
import { clearThumbs, note, thumbs } from "./places.js";
import { say } from "./words.js";

const LONGEST_SIDE = 1600;
const QUALITY = 0.8;
const THUMB_SIDE = 96;

function draw(image, longest) {
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const jpeg = (canvas) => new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));

// Drawing anew is what drops EXIF, and with it the place where the photo was taken.
async function prepare(file, field) {
  const raw = await file.arrayBuffer();
  if (!raw.byteLength) throw new Error("photo_empty");
  if (isCut(new Uint8Array(raw))) throw new Error("photo_unreadable");
  const image = await createImageBitmap(new Blob([raw]));
  const bytes = await (await jpeg(draw(image, LONGEST_SIDE))).arrayBuffer();
  if (!bytes.byteLength) throw new Error("photo_empty");
  const thumb = draw(image, THUMB_SIDE);
  image.close();
  const photo = { sha256: await sha256(bytes), mime: "image/jpeg", size: bytes.byteLength, bytes };
  return { photo: { ...photo, field, state: "waiting" }, thumb };
}

const has = (draft, input) => draft.photos.some((photo) => photo.field === input.name);

function show(input, draft, photo, thumb) {
  const list = thumbs(input);
  const item = document.createElement("div");
  const remove = document.createElement("button");
  const number = { n: list.children.length + 1 };
  thumb.setAttribute("role", "img");
  thumb.setAttribute("aria-label", say("photo_number", number));
  item.className = "thumb";
  remove.type = "button";
  remove.className = "btn";
  remove.textContent = say("photo_remove", number);
  remove.addEventListener("click", () => {
    draft.photos.splice(draft.photos.indexOf(photo), 1);
    item.remove();
    input.required ||= input.dataset.wanted === "" && !has(draft, input);
  });
  item.append(thumb, remove);
  list.append(item);
}

function satisfied(input, draft) {
  if (!input.required || !has(draft, input)) return;
  input.dataset.wanted = "";
  input.required = false;
}

async function take(input, draft, files) {
  note(input, say("photo_reading"), "hint");
  let trouble = "";
  for (const file of files) {
    try {
      const { photo, thumb } = await prepare(file, input.name);
      draft.photos.push(photo);
      show(input, draft, photo, thumb);
    } catch (error) {
      trouble = error.message === "photo_empty" ? error.message : "photo_unreadable";
    }
  }
  satisfied(input, draft);
  note(input, trouble && say(trouble));
  draft.touched = true;
  input.dispatchEvent(new Event("photos", { bubbles: true }));
}

/** Read at once: a phone may empty the file behind an input as soon as the camera returns. */
export function wirePhotos(form) {
  form.addEventListener("change", ({ target: input }) => {
    if (input.type !== "file" || !input.files.length) return;
    const draft = draftOf(form);
    const files = [...input.files];
    draft.reading = draft.reading.then(() => take(input, draft, files)).then(() => (input.value = ""));
  });
}

/** Photos of a draft that comes back stand at their fields again. */
export async function showAgain(form, draft) {
  for (const photo of draft.photos) {
    const input = form.querySelector(`input[type="file"][name="${CSS.escape(photo.field)}"]`);
    if (!input) continue;
    const image = await createImageBitmap(new Blob([photo.bytes]));
    show(input, draft, photo, draw(image, THUMB_SIDE));
    image.close();
    satisfied(input, draft);
  }
}

export function clearPhotos(form) {
  clearThumbs(form);
  form.querySelectorAll("input[data-wanted]").forEach((input) => (input.required = true));
}
