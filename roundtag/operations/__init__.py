"""What who runs an installation has to know: is it ready, how much of what, what to do about it."""

from roundtag.operations.alarms import Alarm, ringing
from roundtag.operations.facts import half_a_year_on, versions
from roundtag.operations.figures import Figures, gather, quota
from roundtag.operations.mending import (
    DiscardJob,
    RetryJob,
    discard_job,
    failed,
    may_look,
    retry_job,
)
from roundtag.operations.phones import Phone, lately
from roundtag.operations.readiness import lacking, parts

__all__ = [
    "Alarm", "DiscardJob", "Figures", "Phone", "RetryJob", "discard_job", "failed", "gather",
    "half_a_year_on", "lacking", "lately", "may_look", "parts", "quota", "retry_job", "ringing",
    "versions",
]  # fmt: skip
