"""A restore is told, not hidden: each log's first leaf afterwards says how far it went back."""

from dataclasses import dataclass
from datetime import datetime

from roundtag.backups.manifest import LogState
from roundtag.commands import Deed, Outcome
from roundtag.models import Restoration, RestoredLog
from roundtag.words import N_


@dataclass(frozen=True)
class DeclareRestored:
    made_at: datetime
    logs: tuple[LogState, ...]
    reason: str = ""


def of(until: datetime, logs: tuple[LogState, ...], reason: str) -> DeclareRestored:
    """`until`: of which moment the restored data are, `logs`: as they were brought back."""
    return DeclareRestored(until, logs, reason)


def declare_restored(command: DeclareRestored, deed: Deed) -> Outcome:
    """One row per log; whoever holds a later head of a log sees that the gap was declared."""
    provider = next(log for log in command.logs if log.client is None)
    told = deed.create(Restoration, made_at=command.made_at, at=deed.received_at,
                       size=provider.size, leaves=provider.leaves,
                       reason=command.reason or None)  # fmt: skip
    for log in command.logs:
        if log.client is not None:
            deed.create(RestoredLog, client=log.client, restoration=told, made_at=command.made_at,
                        size=log.size, leaves=log.leaves)  # fmt: skip
    return Outcome(N_("The restored state is declared in every log."), subject_id=told.id)
