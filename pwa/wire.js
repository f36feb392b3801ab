const JSON_TYPE = /^application\/(problem\+)?json\b/;

async function parse(response) {
  if (!JSON_TYPE.test(response.headers.get("Content-Type") ?? "")) return null;
  return response.json();
}

/**
 * One request to the sync door. Resolves to {status, json, retryAfter}: status 0 when nothing
 * came back, 302 for any redirect, json null when the reply was not JSON.
 */
export async function ask(method, path, { body, type, seconds = 60 } = {}) {
  const headers = { "X-Roundtag-Sync": "1", Accept: "application/json" };
  if (type) headers["Content-Type"] = type;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), seconds * 1000);
  try {
    const response = await fetch(path, {
      method,
      body,
      headers,
      // Followed, a redirect to a sign-in page would look like success.
      redirect: "manual",
      cache: "no-store",
      credentials: "same-origin",
      signal: stop.signal,
    });
    if (response.type === "opaqueredirect") return { status: 302, json: null, retryAfter: 0 };
    const retryAfter = Number(response.headers.get("Retry-After")) || 0;
    return { status: response.status, json: await parse(response), retryAfter };
  } catch {
    return { status: 0, json: null, retryAfter: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/** Who is signed in: {user, server_time, …}, or null when the real server did not answer. */
export async function whoami() {
  const { status, json } = await ask("GET", "/sync/whoami", { seconds: 10 });
  return status === 200 && json?.sync === 1 && "user" in json ? json : null;
}
