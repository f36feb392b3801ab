const HEADERS = { "X-Pack": "1" };
/** Under which a kept page bears the version that the manifest gave it. */
export const VERSION = "X-Page-Version";

/** A reply of our own server, not of a sign-in page or of a portal in between. */
export async function get(path) {
  const response = await fetch(path, { headers: HEADERS, redirect: "manual", cache: "no-store" });
  if (!response.ok || response.redirected || response.type !== "basic") {
    throw new Error(`pack: ${path} ${response.status}`);
  }
  return response;
}

async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `sha-256=:${btoa(String.fromCharCode(...hash))}:`;
}

/** The page as it may be kept: marked for a pack and equal to its digest. */
export async function verified({ url: path, v }) {
  const response = await get(path);
  const bytes = await response.arrayBuffer();
  const promised = response.headers.get("Unencoded-Digest");
  if (response.headers.get("X-Pack") !== "1" || promised !== (await digest(bytes))) {
    throw new Error(`pack: ${path} is not what the server promised`);
  }
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.delete("Vary");
  headers.set(VERSION, v);
  return new Response(bytes, { headers });
}
