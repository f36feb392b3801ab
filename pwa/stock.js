// A roll needs fewer figures than a sheet: the others are put away, not lost.
const form = document.querySelector("form[data-stock]");
const show = () => {
  const kind = form.elements.kind.value;
  form.querySelectorAll("[data-only]").forEach((part) => (part.hidden = part.dataset.only !== kind));
};
form.addEventListener("change", show);
show();
