const SIGNS = { "，": ",", "。": ".", "−": "-", "–": "-", "—": "-" };

/** A reading as it was typed, as a number; NaN if it is none. The server has the last word. */
export function numberIn(text) {
  const plain = text
    .normalize("NFKC")
    .replace(/\s/g, "")
    .replace(/[，。−–—]/g, (sign) => SIGNS[sign]);
  const [digits] = /^[+-]?[\d.,]+/.exec(plain) ?? [""];
  if (/^[+-]?(\d+,\d{1,2}|0,\d+)$/.test(digits)) return Number(digits.replace(",", "."));
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits)) return Number(digits.replaceAll(",", ""));
  return digits ? Number(digits) : NaN;
}
