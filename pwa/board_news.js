/** What is new on the board is said once: level I first, for it cannot wait. */

/** Returns tell(), to be called after each new list; what stands there at first needs no telling. */
export function wireNews(lines, news, words, ring) {
  const kinds = { "[data-level=I]": words.level_one, "[data-late]": words.late };
  const now = (selector) => [...lines.querySelectorAll(selector)];
  const told = {};
  for (const kind in kinds) told[kind] = new Set(now(kind).map((fault) => fault.dataset.fault));
  return () => {
    const said = [];
    for (const [kind, word] of Object.entries(kinds)) {
      const fresh = now(kind).filter((fault) => !told[kind].has(fault.dataset.fault));
      for (const { dataset } of fresh) {
        told[kind].add(dataset.fault);
        said.push(word.replace("{fault}", dataset.name));
        if (kind === "[data-level=I]") ring();
      }
    }
    if (said.length) news.textContent = said.join(". ");
  };
}
