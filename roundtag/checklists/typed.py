"""An item as a form sends it: read whole, every bad field named."""

import re

from roundtag.checklists.ordering import Items, free_key
from roundtag.fields import Fields, number
from roundtag.items import KINDS, MEASURED, Item, Option, When
from roundtag.words import N_

MAX_WORDS = 200
OPTION = re.compile(r"option\.(\d{1,2})\.(key|zh|en|fail)")


def read_item(form: Fields, items: Items, key: str = "") -> Item:
    """The item of a form; a new one (`key` is empty) that names no key gets a free one. What does
    not belong to its kind is left out."""
    kind = form.choice("kind", KINDS, required=N_("Choose one of the list.")) or "check"
    zh, en = _words(form, "zh"), _words(form, "en")
    wanted = form.raw("key") or key or free_key(items, _slug(en) or kind)
    measured, choice = kind in MEASURED, kind == "choice"
    item = Item(
        key=wanted,
        kind=kind,  # type: ignore[arg-type]
        zh=zh,
        en=en,
        unit=_words(form, "unit", 20) if measured else "",
        min=_number(form, "min") if kind == "reading" else None,
        max=_number(form, "max") if measured else None,
        step=_number(form, "step") if measured else None,
        required=bool(form.raw("required")),
        options=_options(form, kind) if choice else (),
        hint_zh=_words(form, "hint_zh"),
        hint_en=_words(form, "hint_en"),
        section_zh=_words(form, "section_zh", 60),
        section_en=_words(form, "section_en", 60),
        when=_when(form),
        standard=_words(form, "standard", 80),
    )
    form.done()
    return item


def _words(form: Fields, name: str, limit: int = MAX_WORDS) -> str:
    return " ".join((form.text(name, limit=limit) or "").split())


def _number(form: Fields, name: str) -> float | None:
    text = form.raw(name)
    value = number(text) if text else None
    if text and value is None:
        form.refuse(name, "number", N_("Give a number, for example 3.5."))
    return value


def _options(form: Fields, kind: str) -> tuple[Option, ...]:
    """Lines in which something is typed, in the order of the form; an empty one drops out."""
    rows: dict[int, dict[str, str]] = {}
    for name in form.values:
        if found := OPTION.fullmatch(name):
            rows.setdefault(int(found[1]), {})[found[2]] = " ".join(form.raw(name).split())
    made: list[Option] = []
    for _, row in sorted(rows.items()):
        zh, en = row.get("zh", "")[:MAX_WORDS], row.get("en", "")[:MAX_WORDS]
        if zh or en or row.get("key"):
            taken = {option.key for option in made}
            key = row.get("key") or _free(taken, _slug(en) or f"answer_{len(made) + 1}")
            made.append(Option(key, zh, en, bool(row.get("fail"))))
    return tuple(made)


def _free(taken: set[str], wanted: str) -> str:
    number, key = 2, wanted
    while key in taken:
        number, key = number + 1, f"{wanted[:36]}_{number}"
    return key


def _slug(text: str) -> str:
    """A key out of English words: “Lamp hours” → lamp_hours."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:30].rstrip("_")
    return plain if re.match(r"[a-z]", plain) else ""


def _when(form: Fields) -> When | None:
    """Ticked answers, `item=answer` each; all of them must be about one item."""
    ticked = [value.partition("=") for value in form.many("when") if "=" in value]
    named = {item for item, _, _ in ticked}
    if len(named) > 1:
        form.refuse("when", "several", N_("Tick answers of one item only."))
    if not ticked:
        return None
    return ticked[0][0], tuple(answer for _, _, answer in ticked)


def shown(item: Item) -> dict[str, str]:
    """The fields of a form that shows an item, as `read_item` reads them back."""
    plain = ("key", "kind", "zh", "en", "unit", "hint_zh", "hint_en", "section_zh", "section_en",
             "standard")  # fmt: skip
    found = {name: getattr(item, name) for name in plain}
    found |= {name: _figure(getattr(item, name)) for name in ("min", "max", "step")}
    found["required"] = "1" if item.required else ""
    for at, option in enumerate(item.options):
        for name in ("key", "zh", "en"):
            found[f"option.{at}.{name}"] = getattr(option, name)
        found[f"option.{at}.fail"] = "1" if option.fail else ""
    return found


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def ticked(item: Item | None) -> list[str]:
    """The ticks of an item's condition, as `read_item` reads them back."""
    if item is None or item.when is None:
        return []
    return [f"{item.when[0]}={answer}" for answer in item.when[1]]
