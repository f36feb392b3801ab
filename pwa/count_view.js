const LATEST = 5;

/** What is shown of a list: how far it is, its latest, and what may be taken back. */
export class CountView {
  constructor(form, list) {
    Object.assign(this, { form, list });
    this.rows = form.querySelector("[data-count-rows]");
    this.undo = form.querySelector("[data-count-undo]");
    this.progress = form.querySelector("[data-count-progress]");
    this.bar = form.querySelector("[data-count-bar]");
    this.more = form.querySelector("[data-count-more]");
    this.row = document.getElementById("count-row");
  }

  show() {
    const { taken } = this.list;
    const shown = taken.filter((one, place) => place < LATEST || !one.listed);
    this.rows.replaceChildren(...shown.map((one) => this.#draw(one)));
    this.rows.hidden = !shown.length;
    this.#showUndo(taken[0]);
    this.#showProgress(taken);
  }

  #draw({ code, name }) {
    const row = this.row.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = name;
    const button = row.querySelector("[data-remove]");
    button.dataset.remove = code;
    button.setAttribute("aria-label", this.#fill(button.dataset.words, { name }));
    return row;
  }

  #showUndo(last) {
    this.undo.hidden = !last;
    if (!last) return;
    this.undo.dataset.remove = last.code;
    this.undo.lastElementChild.textContent = this.#fill(this.undo.dataset.words, last);
  }

  #showProgress(taken) {
    const { here, expected, others } = this.list;
    const counts = { n: here, m: expected, others: others.length, all: taken.length };
    this.progress.textContent = this.#fill(this.progress.dataset.words, counts);
    if (!this.bar) return;
    Object.assign(this.bar, { value: here, max: expected || 1 });
    this.more.textContent = this.#fill(this.more.dataset.words, counts);
    this.more.hidden = !others.length;
  }

  #fill = (sentence, values) =>
    sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
