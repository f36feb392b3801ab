/** The page that checks an export: nothing of the file leaves this browser. */
import { check } from "./verifier.js";

const form = document.querySelector("[data-verify]");
const said = document.querySelector("[data-verify-said]");
const list = document.querySelector("[data-verify-list]");
const SHOWN = 200;

const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

function tell(kind, values = {}) {
  said.textContent = fill(form.dataset[kind], values);
  said.dataset.kind = kind;
  said.hidden = false;
}

function show({ wrong, ...figures }) {
  list.replaceChildren(...wrong.slice(0, SHOWN).map((one) => {
    const item = document.createElement("li");
    item.textContent = fill(form.dataset[one.what], one);
    return item;
  }));
  const bad = wrong.filter(({ what }) => what !== "gap").length;
  tell(bad ? "bad" : wrong.length ? "declared" : "good", { ...figures, wrong: bad });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { file, key, heads } = form.elements;
  list.replaceChildren();
  tell("busy", { n: 0 });
  try {
    show(await check(file.files[0], key.value, heads.value, (n) => tell("busy", { n })));
  } catch (broken) {
    tell(["key", "signature", "zip"].includes(broken.message) ? `no${broken.message}` : "unread");
  }
});
form.querySelector("button").disabled = false;
