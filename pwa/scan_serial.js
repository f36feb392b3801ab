const FORMATS = ["QRCode", "DataMatrix", "Code128", "Code39", "EANUPC", "ITF"];

// A unit in stock is chosen in the list; any other serial number is typed into its field.
function choose(field, text) {
  const select = field.form.elements.namedItem("new_serial");
  const known = [...select.options].find((option) => option.value && option.value === text);
  select.value = known ? text : "";
  field.value = known ? "" : text;
  for (const one of [select, field]) one.dispatchEvent(new Event("input", { bubbles: true }));
  field.closest("details").open = !known;
  (known ? select : field).focus();
}

// Beside the serial number a maker prints an address: that is none. Our own labels say SN: before it.
const serialIn = (text) => text.trim().replace(/^s\/?n[:：]\s*/i, "");
function take(texts, field, done) {
  const serial = texts.map(serialIn).find((text) => text && !/^https?:/i.test(text));
  if (!serial || serial.length > field.maxLength) return { say: "other" };
  return { done: () => done(serial) };
}

async function scannerIn(dialog, field) {
  const { Scanner } = await import("./scanner.js");
  const root = dialog.querySelector("[data-scanner]");
  return new Scanner(root, FORMATS, (texts) =>
    take(texts, field, (serial) => {
      dialog.close();
      choose(field, serial);
    }),
  );
}

function wire(button) {
  const field = document.getElementById(button.dataset.scanInto);
  const dialog = document.getElementById(button.getAttribute("aria-controls"));
  let scanner = null;
  dialog.addEventListener("close", () => scanner?.stop());
  button.addEventListener("click", async () => {
    dialog.showModal();
    scanner ??= await scannerIn(dialog, field);
    if (dialog.open) scanner.begin();
  });
  button.hidden = false;
}

if ("showModal" in HTMLDialogElement.prototype) {
  document.querySelectorAll("[data-scan-into]").forEach(wire);
}
