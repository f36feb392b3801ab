import { sha256 } from "./body.js";
import { draftOf } from "./draft.js";
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
  const image = await createImageBitmap(new Blob([raw]));
  const bytes = await (await jpeg(draw(image, LONGEST_SIDE))).arrayBuffer();
  if (!bytes.byteLength) throw new Error("photo_empty");
  const thumb = draw(image, THUMB_SIDE);
  image.close();
  const photo = { sha256: await sha256(bytes), mime: "image/jpeg", size: bytes.byteLength, bytes };
  return { photo: { ...photo, field, state: "waiting" }, thumb };
}

function place(input, selector, tag, name) {
  const home = input.closest(".photo") ?? input;
  let element = home.parentElement.querySelector(`:scope > ${selector}`);
  if (!element) {
    element = document.createElement(tag);
    element.setAttribute(name, "");
    home.after(element);
  }
  return element;
}

function tell(input, key) {
  const note = place(input, "[data-photo-note]", "p", "data-photo-note");
  note.setAttribute("role", "status");
  note.className = key === "photo_reading" ? "hint" : "error";
  note.textContent = key ? say(key) : "";
  note.hidden = !key;
}

const has = (draft, input) => draft.photos.some((photo) => photo.field === input.name);

function show(input, draft, photo, thumb) {
  const list = place(input, "[data-photo-list]", "ul", "data-photo-list");
  const item = document.createElement("li");
  const remove = document.createElement("button");
  const number = { n: list.children.length + 1 };
  thumb.setAttribute("role", "img");
  thumb.setAttribute("aria-label", say("photo_number", number));
  remove.type = "button";
  remove.textContent = say("photo_remove", number);
  remove.addEventListener("click", () => {
    draft.photos.splice(draft.photos.indexOf(photo), 1);
    item.remove();
    input.required ||= input.dataset.wanted === "" && !has(draft, input);
  });
  item.append(thumb, remove);
  list.append(item);
}

async function take(input, draft, files) {
  tell(input, "photo_reading");
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
  if (input.required && has(draft, input)) {
    input.dataset.wanted = "";
    input.required = false;
  }
  tell(input, trouble);
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

export function clearPhotos(form) {
  form.querySelectorAll("[data-photo-list]").forEach((list) => list.replaceChildren());
  form.querySelectorAll("[data-photo-note]").forEach((note) => (note.hidden = true));
  form.querySelectorAll("input[data-wanted]").forEach((input) => (input.required = true));
}
