const GONE = 2000;

/**
 * What the camera has before it. A symbol counts once for as long as it stays: it has gone when no
 * picture of the last two seconds held it, since single pictures of a shaky hand miss it.
 */
export class InView {
  #last = new Map();

  /** Those of these texts that have just come into view. */
  fresh(texts, now = performance.now()) {
    return [...new Set(texts)].filter((text) => {
      const before = this.#last.get(text);
      this.#last.set(text, now);
      return before === undefined || now - before > GONE;
    });
  }
}
