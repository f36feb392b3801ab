// The number pads of phones have no minus: a button beside the field turns the sign.
function turn(input) {
  input.value = input.value.startsWith("-") ? input.value.slice(1) : `-${input.value}`;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.focus();
}

export function wireSigns(form) {
  for (const input of form.querySelectorAll("input[data-signed]")) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn", textContent: "±" });
    button.setAttribute("aria-label", "±");
    button.addEventListener("click", () => turn(input));
    input.inputMode = "decimal";
    input.after(button);
  }
}
