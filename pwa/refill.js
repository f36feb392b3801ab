const OURS = new Set(["hidden", "file", "submit", "button"]);

function put(control, values) {
  if (control.type === "radio" || control.type === "checkbox") {
    control.checked = values.includes(control.value);
  } else if (values.length && !OURS.has(control.type)) {
    const [value] = values;
    const listed = !control.options || [...control.options].some((one) => one.value === value);
    control.value = listed ? value : "";
  }
}

const filled = (control) =>
  control.type === "radio" || control.type === "checkbox"
    ? control.checked
    : Boolean(control.value) && !OURS.has(control.type);

function unfold(control) {
  const fold = control.closest("details");
  if (fold) fold.open = true;
}

/** Type a stored body into the form again; what the page itself knows (hidden fields) stays. */
export function refill(form, body) {
  const pairs = JSON.parse(body);
  const controls = [...form.elements].filter((control) => control.name);
  for (const control of controls) {
    put(control, pairs.filter(([name]) => name === control.name).map(([, value]) => value));
  }
  for (const control of controls.filter(filled)) {
    unfold(control);
    for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
  }
}
