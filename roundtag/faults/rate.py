"""The verb by which the holder of a status link rates what was done."""

from dataclasses import dataclass, field

from roundtag import fault_events
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.faults.following import fault_of
from roundtag.faults.ratings import CORRECTABLE
from roundtag.faults.states import WORKING_AGAIN
from roundtag.fields import Fields
from roundtag.models import Rating
from roundtag.words import N_

STARS = ("1", "2", "3", "4", "5")


@dataclass(frozen=True)
class RateFault:
    """The link's secret is kept nowhere, the comment only in the rating, where it is sealed."""

    stars: int
    secret_link: str = field(repr=False)
    secret_comment: str | None = field(default=None, repr=False)


def read_rating(form: Fields, secret: str) -> RateFault:
    stars = form.choice("stars", STARS, required=N_("Choose one to five stars."))
    comment = form.text("comment", limit=500)
    form.done()
    return RateFault(int(stars or 0), secret, comment)


def rate_fault(command: RateFault, deed: Deed) -> Outcome:
    """Keeps a rating; within a day it may be corrected. Raises NotFound, Invalid before the end."""
    fault = fault_of(command.secret_link)
    if (fault.duplicate_of or fault).state not in WORKING_AGAIN:
        raise invalid("stars", "early", N_("It can be rated once it works again."))
    fault_events.hold(fault.id)  # two taps come in turn
    known = Rating.get_or_none(Rating.fault == fault.id)
    if known is None:
        deed.create(Rating, client=fault.client_id, fault=fault, stars=command.stars,
                    comment=command.secret_comment, at=deed.received_at)  # fmt: skip
    elif deed.received_at - known.at <= CORRECTABLE:
        deed.change(known, salts={}, stars=command.stars, comment=command.secret_comment,
                    changed_at=deed.received_at)  # fmt: skip
    else:
        message = N_("A rating can be corrected within a day; yours stays as it is.")
        return Outcome(message, state="conflict", subject_id=fault.id)
    return Outcome(N_("Thank you for your rating."), subject_id=fault.id)
