/** Signed heads (C2SP checkpoints, Ed25519) and Merkle roots (RFC 9162), checked in the browser. */

const utf8 = new TextEncoder();
const DASH = "\u2014 ";

export const hex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

export function unbase(text) {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

async function keyId(name, key) {
  return (await sha256(join(utf8.encode(`${name}\n`), [1], key))).slice(0, 4);
}

/** The key that was handed out: NAME+ID+KEY. */
export async function readKey(text) {
  const [name, id, ...rest] = text.trim().split("+");
  const data = unbase(rest.join("+"));
  const key = data.slice(1);
  const sound = data.length === 33 && data[0] === 1 && hex(await keyId(name, key)) === id;
  if (!sound) throw new Error("key");
  return { name, key };
}

/** The heads in a text, each as it was signed. */
export function notes(text) {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const found = [];
  for (let at = 0; at + 4 < lines.length; at += 1) {
    if (lines[at + 3] || !lines[at + 4].startsWith(DASH) || !/^\d+$/.test(lines[at + 1])) continue;
    let end = at + 4;
    while (lines[end]?.startsWith(DASH)) end += 1;
    found.push(lines.slice(at, end));
  }
  return found;
}

/** { size, root } of a head that one of the keys has signed; throws otherwise. */
export async function readHead(lines, keys) {
  const [origin, size, root] = lines;
  const body = utf8.encode(`${origin}\n${size}\n${root}\n`);
  for (const { name, key } of keys) {
    if (origin !== name || String(Number(size)) !== size) continue;
    const id = hex(await keyId(name, key));
    const verifier = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    for (const line of lines.slice(4)) {
      if (!line.startsWith(`${DASH}${name} `)) continue;
      const data = unbase(line.slice(DASH.length + name.length + 1));
      if (hex(data.slice(0, 4)) !== id) continue;
      if (await crypto.subtle.verify("Ed25519", verifier, data.slice(4), body)) {
        return { size: Number(size), root: hex(unbase(root)) };
      }
    }
  }
  throw new Error("signature");
}

/** A tree that grows leaf by leaf. */
export class Tree {
  #peaks = [];
  size = 0;

  async add(leaf) {
    let hash = await sha256(join([0], leaf));
    for (let ending = this.size; ending & 1; ending >>= 1) {
      hash = await sha256(join([1], this.#peaks.pop(), hash));
    }
    this.#peaks.push(hash);
    this.size += 1;
  }

  async root() {
    if (!this.#peaks.length) return hex(await sha256(new Uint8Array()));
    let found = this.#peaks.at(-1);
    for (const peak of this.#peaks.slice(0, -1).reverse()) {
      found = await sha256(join([1], peak, found));
    }
    return hex(found);
  }
}

/** All keys of a log in order and which one is the reader's own; each change goes on from the key
    before it. `changes`: { at, before, after } with the keys as they are handed out. */
async function chain(pinned, changes) {
  const texts = [changes.length ? changes[0].before : pinned];
  for (const { before, after } of changes) {
    if (before !== texts.at(-1)) throw new Error("signature");
    texts.push(after);
  }
  if (!texts.includes(pinned)) throw new Error("signature");
  return { keys: await Promise.all(texts.map(readKey)), mine: texts.indexOf(pinned) };
}

/** A log's own heads, each by the key whose turn it was: a new key signs once a head by the old one
    holds the leaf that announces it. What was signed before the reader's key gives its root. */
export async function inTurn(found, pinned, changes) {
  const { keys, mine } = await chain(pinned, changes);
  const heads = [];
  let checked = true;
  for (const lines of found) {
    const before = heads.at(-1)?.size ?? 0;
    const turn = changes.filter(({ at }) => at < before).length;
    checked = turn >= mine;
    heads.push(checked ? await readHead(lines, [keys[turn]])
      : { size: Number(lines[1]), root: hex(unbase(lines[2])) });
    if (!(heads.at(-1).size > before)) throw new Error("signature");
  }
  if (!checked) throw new Error("signature");
  return { heads, keys };
}
