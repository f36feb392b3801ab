"""Two truths that met: both are kept side by side until a person settles it (roundtag/reviews.py).

An entry that can be taken is taken, and its conflict only marks what somebody should look at. A
swap that contradicts the stock stays undone until it is settled.
"""

from roundtag import claims, clock, history
from roundtag.commands import Deed
from roundtag.models import Conflict, Device, History
from roundtag.tagging import Target
from tags import codes

DECISIONS: dict[str, tuple[str, ...]] = {
    "device-already-swapped": ("leave", "apply"),
    "unit-already-used": ("leave", "apply"),
    "stock-short": ("leave", "apply"),
    "serial-differs": ("accept",),
    "stale-checklist": ("accept", "check-again"),
    "duplicate-fault": ("same", "separate"),
    "step-late": ("leave",),
    "round-closed": ("count", "extra"),
    "round-accepted": ("accept",),
    "counter-back": ("accept",),
    "device-retired": ("accept", "reinstate"),
    "device-moved": ("accept",),
    "tag-replaced": ("accept",),
}
"""Every kind, and what may be decided about it."""


def file(deed: Deed, kind: str, device: Device | None, expected: str, found: str, *,
         client_id: int | None = None) -> Conflict:  # fmt: skip
    """Keeps a conflict: what the entry took for granted, and what the books said on arrival."""
    row = deed.create(
        Conflict,
        client=device.client_id if device else client_id,
        device=device,
        submission=deed.id,
        kind=kind,
        expected=expected,
        found=found,
        person=deed.person_id,
        filed_at=deed.received_at,
    )
    if device:
        history.record(deed, "conflict", device, subject_id=row.id, conflict=kind,
                       expected=expected, found=found)  # fmt: skip
    return row


def mark(deed: Deed, scanned: str, place: Target) -> None:
    """Notes what had changed at a device between the filling of an entry and its arrival.

    `scanned` is the code that the entry bears.
    """
    device = place.device
    if device is None:
        return
    if codes.parse(scanned) != place.code:
        file(deed, "tag-replaced", device, scanned, place.code)
    if device.retired_at:
        file(deed, "device-retired", device, "", clock.to_text(device.retired_at))
    move = _moved_since(deed, device)
    if move:
        file(deed, "device-moved", device, move.data["before"], move.data["now"])


def _moved_since(deed: Deed, device: Device) -> History | None:
    """The first move after the entry was made, by the phone's clock set right."""
    sent = deed.envelope
    made = claims.claim(sent.claimed_at, sent.sent_at, deed.received_at)
    if made is None:
        return None
    moves = History.select().where(
        (History.device == device.id) & (History.kind == "moved") & (History.at > made.at)
    )
    return moves.order_by(History.at).first()
