const AES = "AES-GCM";
const IV_BYTES = 12;

/** A person's key from base64; no script gets it out of the browser again. */
export function importKey(base64) {
  const raw = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);
}

// Anything else than these would come back as something else, and be lost.
function isPlain(part) {
  return part === null || typeof part !== "object" || Array.isArray(part) ||
    Object.getPrototypeOf(part) === Object.prototype;
}

// The length of the JSON, the JSON, and behind it the bytes of each photo, which it names by place.
function pack(value) {
  const photos = [];
  let at = 0;
  const json = JSON.stringify(value, (name, part) => {
    if (!(part instanceof ArrayBuffer)) {
      if (!isPlain(part)) throw new TypeError(`seal: ${name}`);
      return part;
    }
    photos.push(part);
    at += part.byteLength;
    return { bytes_from: at - part.byteLength, bytes_to: at };
  });
  const text = new TextEncoder().encode(json);
  return new Blob([new Uint32Array([text.length]), text, ...photos]).arrayBuffer();
}

function unpack(packed) {
  const [length] = new Uint32Array(packed, 0, 1);
  const json = new TextDecoder().decode(new Uint8Array(packed, 4, length));
  const bytes = packed.slice(4 + length);
  return JSON.parse(json, (_name, part) =>
    Number.isInteger(part?.bytes_to) ? bytes.slice(part.bytes_from, part.bytes_to) : part,
  );
}

const cipher = (iv, bound) => ({ name: AES, iv, additionalData: new TextEncoder().encode(bound) });

/** `value` (JSON and ArrayBuffers) under the key; only whoever names the same `bound` opens it. */
export async function seal(key, bound, value) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  return { iv, data: await crypto.subtle.encrypt(cipher(iv, bound), key, await pack(value)) };
}

export async function unseal(key, bound, { iv, data }) {
  return unpack(await crypto.subtle.decrypt(cipher(iv, bound), key, data));
}
