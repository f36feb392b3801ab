"""A finding is settled by a person who answers for it, with a reason."""

from dataclasses import dataclass

from roundtag import history
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.fields import Fields
from roundtag.findings import carrying
from roundtag.models import Device, Finding
from roundtag.words import N_


@dataclass(frozen=True)
class SettleFinding:
    finding_id: int
    reason: str


def read(form: Fields, finding_id: int) -> SettleFinding:
    reason = form.text("reason", required=N_("Say why it counts as settled."))
    form.done()
    return SettleFinding(finding_id, reason or "")


def settle_finding(command: SettleFinding, deed: Deed) -> Outcome:
    """Settles an open finding by hand; who comes second is shown what happened first."""
    query = Finding.select(Finding, Device).left_outer_join(Device)
    query = query.where(Finding.id == command.finding_id)
    found = visible(deed.actor, query, Finding.client).first()
    if found is None:
        raise NotFound
    deed.require(found.client_id)
    url = f"/findings/{found.id}"
    if not carrying.settle(deed, [found], "by_hand", note=command.reason):
        return Outcome(N_("This problem was settled before."), url, "conflict", subject_id=found.id)
    history.record(deed, "finding_settled", found.device, room_id=found.room_id,
                   client_id=found.client_id, subject_id=found.id, item=found.item)  # fmt: skip
    return Outcome(N_("The problem is settled."), url, subject_id=found.id)
