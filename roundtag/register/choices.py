"""How a person said the columns of a file are to be read, kept by the set of its headings."""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LEFT_OUT = "-"


@dataclass(frozen=True)
class Choice:
    """`fields`: label of a heading → field, or LEFT_OUT; `kind` empty: by the headings."""

    kind: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


Choices = Mapping[str, Choice]
"""By signature; the choice under ANY is for every file that has none of its own."""
ANY = ""


def folded(heading: str) -> str:
    """Full width, case, spaces, underscores and the asterisk of a required column do not count."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(sign for sign in plain if sign not in "*_-" and not sign.isspace())


def labels(headings: Iterable[str]) -> tuple[str, ...]:
    """A name for each heading; of equal ones the second is called `name#2`, and so on."""
    met: Counter[str] = Counter()
    found = []
    for heading in map(folded, headings):
        met[heading] += 1
        found.append(heading if met[heading] == 1 else f"{heading}#{met[heading]}")
    return tuple(found)


def signature(headings: Iterable[str]) -> str:
    """Names a set of headings, in whatever order they stand."""
    text = json.dumps(sorted(labels(headings)), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def of(choices: Choices, headings: Iterable[str]) -> Choice:
    return choices.get(signature(headings)) or choices.get(ANY) or Choice()
