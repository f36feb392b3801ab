// What tags/codes.py says, once more: a slip is told while the label is still before one's eyes,
// also without network. The server judges again.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const WEIGHTS = [26, 13, 20, 10, 5, 16, 8, 4, 2, 1];
const POLYNOMIAL = 0b100101;
const GAPS = /[\s\-‐‑‒–—―−_]+/g;
const LOOK_ALIKES = { O: "0", I: "1", L: "1" };
const PATH = /^(.*)\/t\/([^/]+)\/?$/i;
const LONGEST = 2048;

const double = (value) => (value << 1) ^ (value & 16 ? POLYNOMIAL : 0);

function times(weight, value) {
  let product = 0;
  for (let bit = weight, part = value; bit; bit >>= 1, part = double(part)) {
    if (bit & 1) product ^= part;
  }
  return product;
}

/** The characters that count in what somebody typed, in the canonical spelling. */
export const spelled = (text) =>
  text.normalize("NFKC").replace(GAPS, "").toUpperCase().replace(/[OIL]/g, (c) => LOOK_ALIKES[c]);

/** The canonical code in what a person typed, or null. */
export function parse(text) {
  const code = spelled(text);
  const values = [...code].map((character) => ALPHABET.indexOf(character));
  if (values.length !== WEIGHTS.length || values.includes(-1)) return null;
  return WEIGHTS.reduce((sum, weight, i) => sum ^ times(weight, values[i]), 0) ? null : code;
}

function addressIn(text) {
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

const plain = ({ origin, pathname }) => origin + pathname.replace(/\/$/, "");

/**
 * What a symbol says to us: { code } of a tag, { foreign: host } for a tag's address that is below
 * none of `bases`, or {} for anything else. Nothing of it is ever opened as it stands.
 */
export function tagIn(text, bases) {
  if (text.length > LONGEST) return {};
  const url = addressIn(text.trim());
  if (!url) return { code: parse(text) };
  const [, above, code] = url.pathname.match(PATH) ?? [];
  if (code === undefined) return {};
  const ours = bases.some((base) => plain(new URL(base)) === url.origin + above);
  return ours ? { code: parse(code) } : { foreign: url.host };
}
