"""Who called is not kept for ever: the name and the number go, the line in the register stays."""

from dataclasses import dataclass
from datetime import timedelta

from roundtag import clock, commands, jobs
from roundtag.access import SYSTEM, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.models import HotlineCall
from roundtag.settings import current
from roundtag.words import N_

BATCH = 200


@dataclass(frozen=True)
class EraseCaller:
    call_id: int


def erase_caller(command: EraseCaller, deed: Deed) -> Outcome:
    """Deletes a caller's name and number for good, with their salts."""
    query = HotlineCall.select().where(HotlineCall.id == command.call_id)
    call = visible(deed.actor, query, HotlineCall.client).first()
    if call is None:
        raise NotFound
    deed.require(call.client_id)
    if call.erased_at:
        return Outcome(N_("The caller was erased before."), "/hotline", "conflict")
    deed.blank(call, "caller", "phone", erased_at=deed.received_at)
    return Outcome(N_("The caller is erased."), "/hotline", subject_id=call.id)


@jobs.every(3_600, "hotline.callers")
def tidy() -> int:
    """Erases whom it was kept long enough of, counted from the call; returns how many. Callers
    whose fault came of it are its contact, and go with that one."""
    before = clock.to_text(clock.now() - timedelta(days=current().contact_days))
    named = HotlineCall.caller.is_null(False) | HotlineCall.phone.is_null(False)
    due = HotlineCall.select(HotlineCall.id).where(named & (HotlineCall.at < before))
    ids = [call.id for call in due.order_by(HotlineCall.id).limit(BATCH)]
    for key in ids:
        commands.run(f"erase-caller-{key}", erase_caller, EraseCaller(key), SYSTEM)
    return len(ids)
