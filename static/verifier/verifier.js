/** Checks an export of a log (static/verifier/verify.py does the same without a browser). */
import { Tree, hex, inTurn, notes, readHead, readKey } from "./heads.js";
import { members } from "./unzip.js";

const utf8 = new TextEncoder();
const read = (bytes) => new TextDecoder().decode(bytes);

function* lines(bytes) {
  for (let from = 0, at; (at = bytes.indexOf(10, from)) >= 0; from = at + 1) {
    yield bytes.subarray(from, at);
  }
}

const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

const HMAC = { name: "HMAC", hash: "SHA-256" };

async function commitment(salt, value) {
  const raw = Uint8Array.from(salt.match(/../g), (pair) => Number.parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", raw, HMAC, false, ["sign"]);
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(String(value)))));
}

/** The first column in which a record is not what the log says, null when there is none; `gone`: it
    was deleted, and no erasure says so. */
async function differs(row, image, defaults) {
  const said = { ...defaults, ...image };
  const keys = [said, row.columns].map((one) => Object.keys(one).sort());
  if (!same(...keys)) return { column: "columns" };
  for (const [name, value] of Object.entries(row.columns)) {
    const told = said[name];
    if (told && typeof told === "object" && "hmac-sha256" in told) {
      const salt = row.salts?.[name];
      const open = value !== null && salt && (await commitment(salt, value));
      if (open !== told["hmac-sha256"]) return { column: name, gone: value === null };
    } else if (!same(told, value)) return { column: name };
  }
  return null;
}

const place = (table, key) => JSON.stringify([table, key]);

const KEYS = ["signing_key", "log_key"];

/** The leaves that change the signing key: { at, before, after }. */
function rotations(leaves) {
  const found = [];
  let at = 0;
  for (const line of lines(leaves)) {
    for (const { table, after } of JSON.parse(read(line)).changes) {
      if (KEYS.includes(table) && after) found.push({ at, before: after.before, after: after.verifier });
    }
    at += 1;
  }
  return found;
}

/** Goes through the leaves once: the last image of each row, the root at each size, restores. */
async function follow(leaves, sizes, progress) {
  const images = new Map();
  const roots = new Map();
  const restored = [];
  const tree = new Tree();
  if (sizes.has(0)) roots.set(0, await tree.root());
  for (const line of lines(leaves)) {
    const { deed, changes } = JSON.parse(read(line));
    for (const { table, key, after } of changes) images.set(place(table, key), after);
    if (deed === "declare_restored") restored.push(tree.size);
    await tree.add(line);
    if (sizes.has(tree.size)) roots.set(tree.size, await tree.root());
    if (tree.size % 500 === 0) progress(tree.size);
  }
  return { images, roots, restored, count: tree.size };
}

/** Each record beside the last image of it in the log. */
async function compare(rows, images, defaults) {
  const wrong = [];
  for (const line of lines(rows)) {
    const row = JSON.parse(read(line));
    const at = place(row.table, row.key);
    const named = { table: row.table, key: row.key };
    const found = images.has(at) && (await differs(row, images.get(at), defaults[row.table]));
    if (!images.has(at)) wrong.push({ what: "extra", ...named });
    else if (found) wrong.push({ what: found.gone ? "gone" : "changed", ...named, ...found });
    images.delete(at);
  }
  for (const [at, image] of images) {
    const [table, key] = JSON.parse(at);
    if (image !== null) wrong.push({ what: "missing", table, key });
  }
  return wrong;
}

/** What is wrong, as { what, … }, with the figures; throws for what it cannot read. */
export async function check(file, keyText, earlierText, progress = () => {}) {
  const packed = await members(file);
  const part = async (name) => new Uint8Array(await packed.get(name)());
  const about = JSON.parse(read(await part("export.json")));
  const pinned = keyText.trim();
  await readKey(pinned);
  const leaves = await part("leaves.jsonl");
  const found = notes(read(await part("heads.txt")));
  const { heads: own, keys } = await inTurn(found, pinned, rotations(leaves));
  const earlier = await Promise.all(notes(earlierText).map((note) => readHead(note, keys)));
  const known = [...own, ...earlier];
  const sizes = new Set(known.map(({ size }) => size));
  const { images, roots, restored, count } = await follow(leaves, sizes, progress);
  const newest = Math.max(-1, ...own.map(({ size }) => size));
  const wrong = newest === count ? [] : [{ what: "unsigned", count }];
  for (const { size, root } of known) {
    const gap = restored.filter((start) => start < size).at(-1);
    if (gap !== undefined && roots.get(size) !== root) wrong.push({ what: "gap", gap, last: size - 1 });
    else if (size > count) wrong.push({ what: "cut", size, count });
    else if (roots.get(size) !== root) wrong.push({ what: "rewritten", size });
  }
  wrong.push(...(await compare(await part("rows.jsonl"), images, about.defaults)));
  return { count, heads: known.length, earlier: earlier.length, wrong };
}
