"""Finds devices: the rarest grams name the candidates, the folded text decides."""

from dataclasses import dataclass
from typing import Any

from peewee import fn

from roundtag.models import DeviceIndex, Posting, RoomIndex, tuples
from roundtag.search import words
from roundtag.search.words import Span

FEW = 2000
"""Up to so many candidates are fetched by name; more common words are met soon in any order."""
COUNTED, TRIED, JOINED = 3000, 12, 4
"""How far postings are counted to find the rarest grams, of how many grams, and how many of the
rarest a candidate must hold."""


@dataclass(frozen=True)
class Found:
    """`where`: what a row of the index must fulfil; `few` tells that it names the rows, so that
    sorting them costs less than walking an order. `counted`: the same for counting, by the rarest
    gram."""

    where: list[Any]
    few: bool
    counted: list[Any]


def devices(text: str) -> Found:
    """The condition for a search text; an empty one for no text."""
    sought = words.terms(text)
    where = [DeviceIndex.text.contains(term) for term in sought]
    spans = [span for term in sought for span in words.spans(term)][:TRIED]
    if not spans:
        return Found(where, few=False, counted=where)
    rarest = [span for _, span in sorted((_count(span), span) for span in spans)]
    holding = _holding(rarest[:JOINED])
    named = tuples(holding.limit(FEW + 1))
    if len(named) > FEW:
        return Found(where, few=False, counted=[DeviceIndex.device.in_(holding), *where])
    where = [DeviceIndex.device.in_([key for (key,) in named]), *where]
    return Found(where, few=True, counted=where)


def _count(span: Span) -> int:
    """How many postings a span has, as far as that is counted."""
    found = Posting.select(Posting.device).where(_within(Posting, span))
    return int(found.limit(COUNTED).count())


def _holding(spans: list[Span]) -> Any:
    """Devices with the first span and with every further gram: one look each into the index."""
    query = Posting.select(Posting.device).where(_within(Posting, spans[0])).distinct()
    for low, high in spans[1:]:
        if low == high:
            other = Posting.alias()
            same = (other.gram == low) & (other.device == Posting.device)
            query = query.where(fn.EXISTS(other.select(other.gram).where(same)))
    return query


def _within(table: Any, span: Span) -> Any:
    low, high = span
    return table.gram == low if low == high else table.gram.between(low, high)


def rooms(text: str) -> list[Any]:
    """The condition on a room's text."""
    return [RoomIndex.text.contains(term) for term in words.terms(text)]
