// A button beside a password field shows what is typed, so that long ones can be checked.
for (const button of document.querySelectorAll("[data-show-word]")) {
  const field = document.getElementById(button.dataset.showWord);
  const show = (on) => {
    field.type = on ? "text" : "password";
    button.setAttribute("aria-pressed", String(on));
  };
  button.hidden = false;
  button.addEventListener("click", () => show(field.type === "password"));
  field.form.addEventListener("submit", () => show(false));
}
