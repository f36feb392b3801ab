const codesIn = (text) => text.split(/[\s,;，；、]+/).filter(Boolean);
const readable = (code) => `${code.slice(0, 5)}-${code.slice(5)}`;
const keyOf = (box) => box.dataset.key ?? box.value;

/**
 * What a form of a stocktake holds: ticked things (checkboxes named `boxes`, each with its key), and
 * codes that are on no list of ours.
 */
export class CountList {
  #order = [];

  constructor(form, { boxes = ["code", "untagged"], split = codesIn, gap = " ", show = readable } = {}) {
    Object.assign(this, { form, split, gap, show });
    this.named = boxes.map((name) => `input[type="checkbox"][name="${name}"]`).join(", ");
  }

  #box = (code) => this.#boxes.find((box) => keyOf(box) === code);

  get #boxes() {
    return [...this.form.querySelectorAll(this.named)];
  }

  get others() {
    return this.split(this.form.elements.others.value);
  }

  /** Everything on it, the latest first: { code, name, listed }. */
  get taken() {
    const ticked = this.#boxes.filter((box) => box.checked);
    const places = new Map(this.#order.map((code, place) => [code, place]));
    const rank = ({ code }) => places.get(code) ?? -1;
    return [
      ...ticked.map((box) => ({ code: keyOf(box), name: box.dataset.name, listed: true })),
      ...this.others.map((code) => ({ code, name: this.show(code), listed: false })),
    ].sort((a, b) => rank(b) - rank(a));
  }

  /** How many of the things that should be here are: ticked now, or counted before. */
  get here() {
    return this.#boxes.filter((box) => box.checked || "seen" in box.dataset).length;
  }

  get expected() {
    return this.#boxes.filter((box) => !("away" in box.dataset) || box.checked).length;
  }

  nameOf = (code) => this.#box(code)?.dataset.name ?? this.show(code);

  isListed = (code) => Boolean(this.#box(code));

  /** Puts a code on the list; false when it is there already. */
  add(code, scanned) {
    const box = this.#box(code);
    if (box?.checked || this.others.includes(code)) return false;
    if (box) box.checked = true;
    else this.#write("others", [...this.others, code]);
    if (scanned) this.#write("scanned", [...this.split(this.form.elements.scanned.value), code]);
    this.#order.push(code);
    this.#tell();
    return true;
  }

  remove(code) {
    const box = this.#boxes.find((one) => keyOf(one) === code && one.checked);
    if (box) box.checked = false;
    else this.#write("others", this.others.filter((other) => other !== code));
    const scanned = this.split(this.form.elements.scanned.value);
    this.#write("scanned", scanned.filter((other) => other !== code));
    this.#order = this.#order.filter((other) => other !== code);
    this.#tell();
  }

  /** A tick by hand is the latest, as a scan is. */
  ticked(box) {
    if (!box.matches(this.named)) return;
    this.#order = this.#order.filter((other) => other !== keyOf(box));
    if (box.checked) this.#order.push(keyOf(box));
  }

  #write(name, codes) {
    this.form.elements[name].value = codes.join(this.gap);
  }

  // The form's own event: the draft is kept by it, and what is shown follows.
  #tell() {
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
