/* global importScripts, ZXingWASM */
// A worker of its own: reading takes longer than a frame, and only here may wasm be compiled
// (see static_files.py), so that the pages keep their strict policy.
const READER = "../vendor/zxing-wasm@3.1.4/";
importScripts(`${READER}index.js`);
ZXingWASM.prepareZXingModule({
  overrides: { locateFile: (file) => new URL(READER + file, self.location.href).href },
});

self.addEventListener("message", async ({ data: { id, image, formats } }) => {
  try {
    const found = await ZXingWASM.readBarcodes(image, { formats, maxNumberOfSymbols: 4 });
    self.postMessage({ id, texts: found.filter((one) => one.isValid).map((one) => one.text) });
  } catch (error) {
    self.postMessage({ id, error: String(error) });
  }
});
