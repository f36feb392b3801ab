const split = (text) => text.split(/[\s,;，；、]+/).filter(Boolean);
const readable = (code) => `${code.slice(0, 5)}-${code.slice(5)}`;

/** What a form of a stocktake holds: ticked devices, and codes that are on no list of ours. */
export class CountList {
  #order = [];

  constructor(form) {
    this.form = form;
  }

  #box = (code) => this.form.querySelector(`input[name="code"][value="${CSS.escape(code)}"]`);

  get #boxes() {
    return [...this.form.querySelectorAll('input[name="code"], input[name="untagged"]')];
  }

  get others() {
    return split(this.form.elements.others.value);
  }

  /** Everything on it, the latest first: { code, name, listed }. */
  get taken() {
    const ticked = this.#boxes.filter((box) => box.checked);
    const rank = ({ code }) => this.#order.indexOf(code);
    return [
      ...ticked.map((box) => ({ code: box.value, name: box.dataset.name, listed: true })),
      ...this.others.map((code) => ({ code, name: readable(code), listed: false })),
    ].sort((a, b) => rank(b) - rank(a));
  }

  /** How many of the devices that should be here are: ticked now, or counted before. */
  get here() {
    return this.#boxes.filter((box) => box.checked || "seen" in box.dataset).length;
  }

  get expected() {
    return this.#boxes.filter((box) => !("away" in box.dataset) || box.checked).length;
  }

  nameOf = (code) => this.#box(code)?.dataset.name ?? readable(code);

  /** Puts a code on the list; false when it is there already. */
  add(code, scanned) {
    const box = this.#box(code);
    if (box?.checked || this.others.includes(code)) return false;
    if (box) box.checked = true;
    else this.#write("others", [...this.others, code]);
    if (scanned) this.#write("scanned", [...split(this.form.elements.scanned.value), code]);
    this.#order.push(code);
    this.#tell();
    return true;
  }

  remove(code) {
    const box = this.#boxes.find((one) => one.value === code && one.checked);
    if (box) box.checked = false;
    else this.#write("others", this.others.filter((other) => other !== code));
    const scanned = split(this.form.elements.scanned.value);
    this.#write("scanned", scanned.filter((other) => other !== code));
    this.#order = this.#order.filter((other) => other !== code);
    this.#tell();
  }

  /** A tick by hand is the latest, as a scan is. */
  ticked({ value, checked }) {
    this.#order = this.#order.filter((other) => other !== value);
    if (checked) this.#order.push(value);
  }

  #write(name, codes) {
    this.form.elements[name].value = codes.join(" ");
  }

  // The form's own event: the draft is kept by it, and what is shown follows.
  #tell() {
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
