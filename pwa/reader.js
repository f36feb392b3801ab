const LONGEST_SIDE = 2400;
const SMALL_SIDE = 1200;

const canvas = document.createElement("canvas");
const pen = () => canvas.getContext("2d", { willReadFrequently: true });
const waiting = new Map();
let worker = null;
let asked = 0;

function settle({ data: { id, texts, error } }) {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (error) reject(new Error(error));
  else resolve(texts);
}

// Also a worker whose script cannot be fetched ends up here.
function fail() {
  worker = null;
  for (const { reject } of waiting.values()) reject(new Error("the reader does not start"));
  waiting.clear();
}

function reader() {
  if (worker) return worker;
  worker = new Worker(new URL("read_worker.js", import.meta.url));
  worker.addEventListener("message", settle);
  worker.addEventListener("error", fail);
  return worker;
}

/** Start fetching and compiling before the first picture is there. */
export const warmUp = () => read(new ImageData(8, 8), ["QRCode"]).catch(() => {});

/** The texts of all symbols of these formats in a picture. */
export function read(image, formats) {
  const id = (asked += 1);
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    reader().postMessage({ id, image, formats }, [image.data.buffer]);
  });
}

function pixels(source, [x, y, width, height], longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  pen().drawImage(source, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return pen().getImageData(0, 0, canvas.width, canvas.height);
}

/** The square in the middle, which is what the view shows of the camera's picture. */
export function readFrame(video, formats) {
  const { videoWidth: width, videoHeight: height } = video;
  const side = Math.min(width, height);
  const square = [(width - side) / 2, (height - side) / 2, side, side];
  return read(pixels(video, square, SMALL_SIDE), formats);
}

/** A photo is read small first: quick, and blur matters less; then with all its detail. */
export async function readPhoto(file, formats) {
  const image = await createImageBitmap(file);
  const whole = [0, 0, image.width, image.height];
  const texts = await read(pixels(image, whole, SMALL_SIDE), formats);
  return texts.length ? texts : read(pixels(image, whole, LONGEST_SIDE), formats);
}
