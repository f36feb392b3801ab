const MARK = 0xff;
const START_OF_SCAN = 0xda;
const END = 0xd9;

function scanOf(bytes) {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === MARK) {
    if (bytes[at + 1] === START_OF_SCAN) return at;
    at += 2 + (bytes[at + 2] << 8) + bytes[at + 3];
  }
  return -1;
}

/**
 * A JPEG whose end is missing, which Firefox and Safari would draw with a grey rest. Only what
 * comes after the start of the picture counts: the small preview in its head has an end of its own.
 */
export function isCut(bytes) {
  if (bytes[0] !== MARK || bytes[1] !== 0xd8) return false;
  const scan = scanOf(bytes);
  // Without a start of its picture it is for the decoder to judge.
  if (scan < 0) return false;
  for (let at = bytes.lastIndexOf(END); at > scan; at = bytes.lastIndexOf(END, at - 1)) {
    if (bytes[at - 1] === MARK) return false;
  }
  return true;
}
