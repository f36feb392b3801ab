"""Days in forms, read by the very rule of the import."""

from datetime import date

from roundtag.fields import Fields
from roundtag.register import cells
from roundtag.register.problems import Unreadable
from roundtag.words import N_


def read(form: Fields, name: str, *, required: str = "", earliest: date | None = None,
         latest: date | None = None) -> date | None:  # fmt: skip
    """The day of a field or None. `required` is the message when it is missing; the bounds are
    inclusive."""
    text = form.text(name, required=required, limit=40)
    try:
        day = cells.day(text) if text else None
    except Unreadable as bad:
        form.refuse(name, bad.code, bad.message, **bad.values)
        return None
    if day and earliest and day < earliest:
        form.refuse(name, "early", N_("This day is too early: %(day)s at the earliest."),
                    day=earliest.isoformat())  # fmt: skip
    if day and latest and day > latest:
        form.refuse(name, "late", N_("This day has not come yet."))
    return day
