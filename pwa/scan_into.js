async function scannerIn(dialog, formats, take, choose) {
  const { Scanner } = await import("./scanner.js");
  const root = dialog.querySelector("[data-scanner]");
  return new Scanner(root, formats, (texts) =>
    take(texts, root, (text) => {
      dialog.close();
      choose(text);
    }),
  );
}

// Buttons of one dialog share its scanner; `field` is the one that was asked for last.
const places = new Map();

function placeOf(dialog) {
  if (!places.has(dialog)) {
    places.set(dialog, { field: null, scanner: null });
    dialog.addEventListener("close", () => places.get(dialog).scanner?.stop());
  }
  return places.get(dialog);
}

function wire(button, formats, take, choose) {
  const dialog = document.getElementById(button.getAttribute("aria-controls"));
  const place = placeOf(dialog);
  button.addEventListener("click", async () => {
    place.field = document.getElementById(button.dataset.scanInto);
    dialog.showModal();
    const judge = (texts, root, done) => take(texts, place.field, done, root);
    place.scanner ??= await scannerIn(dialog, formats, judge, (text) => choose(place.field, text));
    if (dialog.open) place.scanner.begin();
  });
  button.hidden = false;
}

/**
 * Buttons that open a scanner for a field. `take(texts, field, done, root)` judges what was read and
 * answers as a scanner asks; `choose(field, text)` puts it in its place.
 */
export function wireScanning(formats, take, choose) {
  if (!("showModal" in HTMLDialogElement.prototype)) return;
  document.querySelectorAll("[data-scan-into]").forEach((button) => wire(button, formats, take, choose));
}
