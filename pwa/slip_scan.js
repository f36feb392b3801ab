// Scan, scan, done: each serial number that is read goes onto the list, once.

import { Scanner } from "./scanner.js";

const FORMATS = ["QRCode", "DataMatrix", "Code128", "Code39", "EANUPC", "ITF"];
const list = document.querySelector("[data-slip-serials]");
const count = document.querySelector("[data-slip-count]");
const live = document.querySelector("[data-slip-live]");
const most = Number(list.dataset.most);

const lines = () => list.value.split("\n").map((line) => line.trim()).filter(Boolean);
const serialIn = (text) => text.trim().replace(/^s\/?n[:：]\s*/i, "");

function tell() {
  const n = lines().length;
  count.hidden = n === 0;
  count.textContent = count.dataset.words.replace("{n}", n);
}

// Beside the serial number a maker prints an address: that is none.
function take(texts) {
  const serial = texts.map(serialIn).find((text) => text && !/^https?:/i.test(text));
  if (!serial || serial.length > most) return { say: "other" };
  if (lines().includes(serial)) return { say: "again", serial };
  list.value = [...lines(), serial].join("\n");
  list.dispatchEvent(new Event("input", { bubbles: true }));
  return { say: "added", serial, done: () => {} };
}

list.addEventListener("input", tell);
tell();
live.hidden = false;
new Scanner(live.querySelector("[data-scanner]"), FORMATS, take, { continuous: true });
