"""When a person says that something happened: the phone's clock, set right by its own error.

A claim is shown to people and decides nothing; every deadline counts from the receipt.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from roundtag.models import Submission

TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True)
class Claim:
    """`ahead`: how far the phone's clock ran ahead (negative: behind); 0 within five minutes."""

    at: datetime
    ahead: timedelta


def claim(claimed_at: datetime | None, sent_at: datetime | None,
          received_at: datetime | None) -> Claim | None:  # fmt: skip
    """What a phone's clock said at filing and at sending, and the server's at receipt.

    None when nothing was claimed, or when it lies outside every calendar.
    """
    if claimed_at is None:
        return None
    ahead = sent_at - received_at if sent_at and received_at else timedelta()
    if abs(ahead) <= TOLERANCE:
        return Claim(claimed_at, timedelta())
    try:
        return Claim(claimed_at - ahead, ahead)
    except OverflowError:
        return None


def of_submission(submission_id: str | None) -> Claim | None:
    """The claim of the submission that made a record, or None."""
    sent = submission_id and Submission.get_or_none(Submission.id == submission_id)
    return claim(sent.claimed_at, sent.sent_at, sent.received_at) if sent else None
