// What roundtag/storecounts/spelling.py says, once more. The server judges again.
const LABEL = /^s\/?n[:：]/i;
const SHELF = "SHELF:";
const LONGEST = 80;

const plain = (text) => text.normalize("NFKC").replace(/\s+/g, "");

/** A serial number as it is compared: without gaps, in capitals, without our own labels' SN:. */
export const serialIn = (text) => plain(text).replace(LABEL, "").toUpperCase();

/** Entries of a text field: one a line or between commas; a serial number may have gaps. */
export const serialsIn = (text) => text.split(/[\n\t,;，；、]+/).map(serialIn).filter(Boolean);

/** { store, shelf } of a shelf's label, or null. */
export function shelfIn(text) {
  const said = text.normalize("NFKC").trim().replace(/\s+/g, " ");
  if (!said.toUpperCase().startsWith(SHELF)) return null;
  const [store, ...shelf] = said.slice(SHELF.length).split("/");
  return { store: store.trim(), shelf: shelf.join("/").trim() };
}

export const sameShelf = (one, other) => plain(one).toLowerCase() === plain(other).toLowerCase();

/** Whether a symbol is one of our own labels of units. */
export const isOurs = (text) => LABEL.test(plain(text));

/** Whether it can be a serial number: an address is none, and neither is a label's word for one. */
export const isSerial = (text) => Boolean(serialIn(text)) && serialIn(text).length <= LONGEST && !text.includes("://");
