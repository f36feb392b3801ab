const form = document.querySelector("form[data-sheet]");
const THING = 'input:is([name="tag"], [name="unit"], [name="shelf"])';
const chosen = () => form.querySelectorAll(`${THING}:checked`).length;
const stock = () => form.querySelector('input[name="stock"]:checked');
const sheetOf = (radio) => {
  let next = radio.nextElementSibling;
  while (!next.matches(".sheet")) next = next.nextElementSibling;
  return next;
};

function startOn(sheet) {
  const kept = sheet.querySelector("input:checked") ?? sheet.querySelector("input");
  kept.checked = true;
  return Number(kept.value);
}

function shade(sheet, start, count) {
  sheet.querySelectorAll("input").forEach((input, index) => {
    const place = index + 1;
    input.toggleAttribute("data-used", place >= start && place < start + count);
  });
}

function tell(sheet, start, count) {
  const line = form.querySelector("[data-sheet-count]");
  const pages = Math.ceil((start - 1 + count) / Number(sheet.dataset.labels));
  const sentence = count ? line.dataset.some : line.dataset.none;
  line.textContent = sentence.replace("{n}", count).replace("{pages}", pages);
}

function show() {
  const sheet = sheetOf(stock());
  const start = startOn(sheet);
  const count = chosen();
  form.setAttribute("data-live", "");
  tickWholes();
  shade(sheet, start, count);
  tell(sheet, start, count);
}

const under = (box) => [...box.closest(".ticks").querySelectorAll(THING)];

const wholeRoom = (box) => under(box).forEach((input) => (input.checked = box.checked));

function tickWholes() {
  form.querySelectorAll("[data-whole] input").forEach((box) => {
    box.checked = under(box).every((one) => one.checked);
  });
}

// A printer usually holds one stock: it is chosen along.
function usual(printer) {
  const name = printer.selectedOptions[0].dataset.stock;
  const radio = [...form.elements.stock].find((one) => one.value === name);
  if (radio) radio.checked = true;
}

form.querySelectorAll("[data-whole]").forEach((label) => (label.hidden = false));
form.addEventListener("change", ({ target }) => {
  if (target.closest("[data-whole]")) wholeRoom(target);
  if (target.name === "printer") usual(target);
  show();
});
show();
