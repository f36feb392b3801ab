/** Reads a ZIP file: the bytes of each of its members by name. */

const END = 0x06054b50;
const ENTRY = 0x02014b50;

/** @param {Blob} file @returns {Promise<Map<string, Blob>>} packed members, unpacked on demand */
export async function members(file) {
  const tail = new DataView(await file.slice(-65557).arrayBuffer());
  const end = lastMark(tail);
  const view = new DataView(await file.slice(tail.getUint32(end + 16, true)).arrayBuffer());
  const found = new Map();
  let at = 0;
  for (let n = tail.getUint16(end + 10, true); n > 0; n -= 1) {
    if (view.getUint32(at, true) !== ENTRY) throw new Error("zip");
    const [name, extra, remark] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
    const text = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, name));
    found.set(text, {
      method: view.getUint16(at + 10, true),
      size: view.getUint32(at + 20, true),
      start: view.getUint32(at + 42, true),
    });
    at += 46 + name + extra + remark;
  }
  return new Map([...found].map(([name, one]) => [name, () => unpack(file, one)]));
}

function lastMark(view) {
  for (let at = view.byteLength - 22; at >= 0; at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new Error("zip");
}

async function unpack(file, { method, size, start }) {
  const head = new DataView(await file.slice(start, start + 30).arrayBuffer());
  const begin = start + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const packed = file.slice(begin, begin + size);
  if (method === 0) return packed.arrayBuffer();
  if (method !== 8) throw new Error("zip");
  return new Response(packed.stream().pipeThrough(new DecompressionStream("deflate-raw")))
    .arrayBuffer();
}
