"""What a quote may be about: one row per subject, which says how it is found and who hears."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from roundtag.commands import Deed
from roundtag.errors import NotFound
from roundtag.models import Quote


@dataclass(frozen=True)
class Basis:
    """What a quote is about, as its pages and letters say it. `takes`: a quote may be written and
    offered now; `waits`: the client is to decide; `words`: what is to be done or bought."""

    client_id: int
    contract_id: int | None
    number: str
    title: str
    words: str
    url: str
    takes: bool
    waits: bool


class Subject(NamedTuple):
    """`look` reads; `hold` locks first; `offered` and `decided` carry on within the same deed."""

    look: Callable[[int], Basis | None]
    hold: Callable[[int], None]
    offered: Callable[[Deed, Quote], None]
    decided: Callable[[Deed, Quote, str], None]


SUBJECTS: dict[str, Subject] = {}


def of(name: str) -> Subject:
    """Raises NotFound."""
    if name not in SUBJECTS:
        raise NotFound
    return SUBJECTS[name]


def basis(name: str, key: int) -> Basis:
    """Raises NotFound."""
    found = of(name).look(key)
    if found is None:
        raise NotFound
    return found
