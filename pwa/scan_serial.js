import { wireScanning } from "./scan_into.js";

const FORMATS = ["QRCode", "DataMatrix", "Code128", "Code39", "EANUPC", "ITF"];

// A unit in stock is chosen in the list; any other serial number is typed into its field.
function choose(field, text) {
  if (field.name === "old_serial_seen") {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    return;
  }
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

wireScanning(FORMATS, take, choose);
