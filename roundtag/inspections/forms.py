"""What a filled checklist says, by the version of the form that it was filled in on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from roundtag import clock
from roundtag.commands import Photo
from roundtag.fields import Fields

STILL, GONE = "open", "settled"
OUTSIDE = ("1", "2", "3")
"""Places of the form for what no item asks about."""


@dataclass(frozen=True)
class Outside:
    """Something wrong that no item asks about. `fault`: a fault shall be opened for it."""

    key: str
    words: str
    fault: bool

    @property
    def photo(self) -> str:
        return f"photo.outside.{self.key}"


@dataclass(frozen=True)
class Inspect:
    """A filled checklist: values, notes and photos by item key.

    `fixed`: items put right on the spot, `after` their readings since then, `sure` readings that
    are meant as they stand, `reasons` why a counter went back, `shown` the counters' last values
    as the form showed them. `told` answers the left-over problems that the form asked about
    (`asked`). `today`: the form knew of all this; an older one is not asked for it.
    """

    tag: str
    version_id: int | None
    round_id: int | None
    scanned: bool
    values: dict[str, str]
    notes: dict[str, str]
    note: str | None
    photos: tuple[Photo, ...] = ()
    scanned_at: datetime | None = None
    fixed: frozenset[str] = frozenset()
    after: Mapping[str, str] = field(default_factory=dict)
    sure: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    outside: tuple[Outside, ...] = ()
    asked: frozenset[int] = frozenset()
    told: Mapping[int, str] = field(default_factory=dict)
    today: bool = False


def read_first(form: Fields, photos: tuple[Photo, ...]) -> Inspect:
    """Version 1: at devices, without all that came later."""
    command = Inspect(
        tag=form.raw("tag"),
        version_id=form.whole("template_version"),
        round_id=form.whole("round"),
        scanned=bool(form.raw("scanned")),
        values=form.under("item."),
        notes=form.under("note."),
        note=form.text("note"),
        photos=photos,
    )
    form.done()
    return command


def read(form: Fields, photos: tuple[Photo, ...]) -> Inspect:
    command = Inspect(
        tag=form.raw("tag"),
        version_id=form.whole("template_version"),
        round_id=form.whole("round"),
        scanned=bool(form.raw("scanned")),
        values=form.under("item."),
        notes=form.under("note."),
        note=form.text("note"),
        photos=photos,
        scanned_at=_moment(form.raw("scanned_at")),
        fixed=_ticked(form, "fixed."),
        after=form.under("after."),
        sure=_ticked(form, "sure."),
        reasons=form.under("back."),
        shown=form.under("last."),
        outside=_outside(form, photos),
        asked=_keys(form.raw("asked").split(",")),
        told={int(k): v for k, v in form.under("finding.").items() if _keys([k])},
        today=True,
    )
    form.done()
    return command


def _ticked(form: Fields, prefix: str) -> frozenset[str]:
    return frozenset(key for key, value in form.under(prefix).items() if value)


def _keys(texts: list[str]) -> frozenset[int]:
    return frozenset(int(t) for t in texts if t.isascii() and t.isdecimal() and len(t) < 10)


def _moment(text: str) -> datetime | None:
    """The phone's clock when the label was scanned. What is no time is none: the entry is not lost
    for a field that nobody filled in by hand."""
    try:
        return clock.from_text(text)
    except (ValueError, OverflowError):
        return None


def _outside(form: Fields, photos: tuple[Photo, ...]) -> tuple[Outside, ...]:
    """Each place that bears words or a photo; a photo alone says enough."""
    found = []
    for key in OUTSIDE:
        words = form.text(f"outside.{key}") or ""
        one = Outside(key, words, bool(form.raw(f"outside_fault.{key}")))
        if words or any(photo.field == one.photo for photo in photos):
            found.append(one)
    return tuple(found)
