// A signature drawn with a finger, pen or mouse. The written name counts without it; the least ink
// is the server's figure, and the server looks again.

const PEN = 6;
const DARK = 128;
const PNG = "data:image/png;base64,";

/** A point of a pointer event in the pixels of the paper. */
function at(paper, event) {
  const box = paper.getBoundingClientRect();
  const scale = paper.width / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}

/** What was drawn before the form came back, as a picture; null when there is none. */
async function drawnBefore(text) {
  if (!text.startsWith(PNG)) return null;
  const bytes = Uint8Array.from(atob(text.slice(PNG.length)), (one) => one.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: "image/png" })).catch(() => null);
}

function draw(paper, kept, strokes) {
  const pen = paper.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, paper.width, paper.height);
  if (kept) pen.drawImage(kept, 0, 0, paper.width, paper.height);
  Object.assign(pen, { strokeStyle: "#000", lineWidth: PEN, lineCap: "round", lineJoin: "round" });
  for (const stroke of strokes) {
    pen.beginPath();
    stroke.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    if (stroke.length === 1) pen.lineTo(stroke[0][0] + 0.1, stroke[0][1]);
    pen.stroke();
  }
}

function ink(paper) {
  const { data } = paper.getContext("2d").getImageData(0, 0, paper.width, paper.height);
  let dark = 0;
  for (let n = 0; n < data.length; n += 4) if (data[n] < DARK) dark += 1;
  return dark;
}

/** Wires one place to sign: strokes, undo, clear, and what the form sends. */
export function wireSignature(place) {
  const find = (name) => place.querySelector(`[data-signature-${name}]`);
  const [paper, value, undo, clear, thin] = ["paper", "value", "undo", "clear", "thin"].map(find);
  const strokes = [];
  let current = null;
  let kept = null;

  const show = () => {
    draw(paper, kept, strokes);
    undo.disabled = !strokes.length;
    clear.disabled = !strokes.length && !kept;
    thin.hidden = true;
    value.value = "";
  };

  paper.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || current) return;
    event.preventDefault();
    paper.setPointerCapture(event.pointerId);
    current = { id: event.pointerId, points: [at(paper, event)] };
    strokes.push(current.points);
    show();
  });
  paper.addEventListener("pointermove", (event) => {
    if (event.pointerId !== current?.id) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) current.points.push(at(paper, one));
    show();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    paper.addEventListener(end, (event) => {
      if (event.pointerId === current?.id) current = null;
    });
  }
  undo.addEventListener("click", () => {
    strokes.pop();
    show();
  });
  clear.addEventListener("click", () => {
    strokes.length = 0;
    kept = null;
    show();
  });
  place.closest("form").addEventListener("submit", (event) => {
    if (!strokes.length && !kept) return;
    if (!event.submitter?.formNoValidate && ink(paper) < Number(place.dataset.ink)) {
      event.preventDefault();
      thin.hidden = false;
      return paper.scrollIntoView({ block: "center" });
    }
    value.value = paper.toDataURL("image/png");
  });
  place.hidden = false;
  drawnBefore(value.value).then((picture) => {
    kept = picture;
    show();
  });
}

document.querySelectorAll("[data-signature]").forEach(wireSignature);
