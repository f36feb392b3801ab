const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("roundtag") : null;
const here = new EventTarget();

function tell(message) {
  here.dispatchEvent(new CustomEvent(message.type, { detail: message.detail }));
}

channel?.addEventListener("message", (event) => tell(event.data));

/** Tell this page and every other tab of the site. */
export function announce(type, detail) {
  tell({ type, detail });
  channel?.postMessage({ type, detail });
}

/** Tell every other tab, and not this page. */
export function tellOthers(type, detail) {
  channel?.postMessage({ type, detail });
}

export function listen(type, react) {
  here.addEventListener(type, (event) => react(event.detail));
}
