// The page may be a copy from the pack, which is anybody's: what the report is about stands in the
// address. Runs before main.js: that reads the form.
const form = document.querySelector('form[data-outbox="fake"]');
const asked = new URLSearchParams(location.search);

function choose(select, value) {
  if (![...select.options].some((option) => option.value === value)) {
    select.add(new Option(`${value.slice(0, 5)}-${value.slice(5)}`, value));
  }
  select.value = value;
}

const { tag, why, found } = form.elements;
if (asked.get("tag") && !tag.value) choose(tag, asked.get("tag").slice(0, 40));
if (asked.get("why") && !why.value) why.value = asked.get("why");
if (asked.get("found") && !found.value) found.value = asked.get("found").slice(0, 200);
