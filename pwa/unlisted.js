import { parse } from "./tag_code.js";

// The worker shows the record page at the address of a tag whose page is not on the phone, so the
// code stands in the address only. Runs before main.js: that reads what the form is about.
const form = document.querySelector('form[data-outbox="note"]');
const [, kind, inPath] = location.pathname.match(/^\/(t)\/([^/]+)\/?$/i) ?? [];
const asked = inPath ?? new URLSearchParams(location.search).get("code") ?? "";

const readable = (code) => `${code.slice(0, 5)}-${code.slice(5)}`;

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function about(code) {
  const shown = document.createElement("span");
  Object.assign(shown, { className: "mono copyable", textContent: readable(code) });
  document.querySelector("[data-record-code]").replaceChildren(shown);
  form.elements.tag.value = code;
  form.elements.scanned.value = kind === "T" ? "1" : "";
  form.dataset.entity = `device:${code}`;
  form.dataset.label = `${readable(code)} · ${form.dataset.label}`;
}

const code = parse(inPath ? decoded(asked) : asked);
if (form) {
  if (code) about(code);
  form.hidden = !code;
  document.querySelector("[data-record-code-wanted]").hidden = Boolean(code);
  document.querySelector("[data-record-slip]").hidden = Boolean(code) || !asked;
}

// The page of an unknown code looks the same for every code: its way on is made here.
for (const link of document.querySelectorAll("a[data-record-link]")) {
  if (code) link.href = `/record?code=${code}`;
}
