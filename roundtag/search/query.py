"""Finds devices: the rarest gram names the candidates, the folded text decides."""

from dataclasses import dataclass
from typing import Any

from roundtag.models import DeviceIndex, Posting, RoomIndex, tuples
from roundtag.search import words
from roundtag.search.words import Span

FEW = 2000
"""Up to so many candidates are fetched by name; more common words are met soon in any order."""
TRIED = 12


@dataclass(frozen=True)
class Found:
    """`where`: what a row of the index must fulfil; `few` tells that it names the rows, so that
    sorting them costs less than walking an order."""

    where: list[Any]
    few: bool


def devices(text: str) -> Found:
    """The condition for a search text; an empty one for no text."""
    sought = words.terms(text)
    where = [DeviceIndex.text.contains(term) for term in sought]
    spans = [span for term in sought for span in words.spans(term)]
    rarest = min(((_count(span), span) for span in spans[:TRIED]), default=(FEW + 1, (0, 0)))
    if rarest[0] > FEW:
        return Found(where, few=False)
    return Found([DeviceIndex.device.in_(_holding(rarest[1])), *where], few=True)


def _count(span: Span) -> int:
    """How many postings a span has, up to one more than FEW."""
    return int(_postings(span).limit(FEW + 1).count())


def _holding(span: Span) -> list[int]:
    return sorted({key for (key,) in tuples(_postings(span))})


def _postings(span: Span) -> Any:
    low, high = span
    within = Posting.gram == low if low == high else Posting.gram.between(low, high)
    return Posting.select(Posting.device).where(within)


def rooms(text: str) -> list[Any]:
    """The condition on a room's text."""
    return [RoomIndex.text.contains(term) for term in words.terms(text)]
