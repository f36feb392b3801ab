"""A checklist as a JSON file: written for colleagues elsewhere, read back into a draft."""

import json
from math import isfinite
from typing import Any

from roundtag.checklists.checking import MOST
from roundtag.checklists.drafts import DraftChecklist, place
from roundtag.checklists.versions import Version
from roundtag.errors import NotFound, invalid
from roundtag.fields import clean
from roundtag.items import item_of, spec_of
from roundtag.words import N_

TEXTS = frozenset({"key", "kind", "zh", "en", "unit", "hint_zh", "hint_en", "section_zh",
                   "section_en", "standard"})  # fmt: skip
MAX_WORDS = 200


def written(version: Version) -> str:
    """The file of a version, as roundtag/data/checklists holds its own."""
    spec = {
        "category": version.category,
        "occasion": version.occasion,
        "name_zh": version.name,
        "name_en": version.name_en,
        "items": [spec_of(item) for item in version.items],
    }
    return json.dumps(spec, ensure_ascii=False, indent=1) + "\n"


def read_file(text: str) -> DraftChecklist:
    """What a file asks for: a draft with its items. Raises Invalid; items are judged when the
    draft is published, as those of any draft."""
    try:
        spec = json.loads(text)
    except (ValueError, RecursionError):
        raise invalid("file", "json", N_("This file is not JSON.")) from None
    if not isinstance(spec, dict) or not isinstance(spec.get("items"), list):
        raise invalid("file", "form", N_("This file is not a checklist: it has no list of items."))
    if len(spec["items"]) > MOST:
        raise invalid("file", "many", N_("At most %(limit)s items."), limit=MOST)
    try:
        at = place(str(spec.get("category")), str(spec.get("occasion")))
    except NotFound:
        message = N_("The file names a category or an occasion that is not known.")
        raise invalid("file", "place", message) from None
    items = tuple(_item(item, number) for number, item in enumerate(spec["items"], start=1))
    return DraftChecklist(at, "file", clean(str(spec.get("name_zh", "")))[:80],
                          clean(str(spec.get("name_en", "")))[:80], items)  # fmt: skip


def _item(spec: Any, number: int) -> dict[str, Any]:
    """An item whose values are of the right types, as `spec_of` writes it."""
    try:
        item = item_of(json.loads(clean(json.dumps(spec, ensure_ascii=False))))
        words = [getattr(item, name) for name in TEXTS]
        words += [word for option in item.options for word in (option.key, option.zh, option.en)]
        words += [item.when[0], *item.when[1]] if item.when else []
        figures = [one for one in (item.min, item.max, item.step) if one is not None]
        flags = [item.required, *(option.fail for option in item.options)]
        if not all(isinstance(word, str) and len(word) <= MAX_WORDS for word in words):
            raise TypeError
        if not all(isinstance(flag, bool) for flag in flags) or not all(map(isfinite, figures)):
            raise TypeError
        return spec_of(item)
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError):
        message = N_("Item %(number)s of the file cannot be read.")
        raise invalid("file", "item", message, number=number) from None
