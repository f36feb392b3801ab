"""What a step must show: that somebody stands there, and what of a loaner is on record."""

from roundtag import loaners, tagging
from roundtag.access import Actor
from roundtag.errors import Gone, NotFound, invalid
from roundtag.models import Fault, Lending
from roundtag.sla.events import REASONS
from roundtag.words import N_


def shown(tag: str, why: str | None, actor: Actor, fault: Fault) -> tuple[str, str | None]:
    """How somebody proves to be there: `scan` by a label of the fault's device or room, or
    `reason` with the words. Raises Invalid for a label that hangs elsewhere, when nothing is said
    about it."""
    if tag and _hangs_here(tag, actor, fault):
        return "scan", why
    if why:
        return "reason", why
    if not tag:
        raise invalid("tag", "required", N_("Scan a label here, or say why there is none."))
    message = N_("This label does not belong to %(room)s. Scan one there, or say why not.")
    raise invalid("tag", "elsewhere", message, room=fault.room.name)


def _hangs_here(tag: str, actor: Actor, fault: Fault) -> bool:
    try:
        place = tagging.resolve(tag, actor)
    except (NotFound, Gone):
        return False
    own = place.device is not None and place.device.id == fault.device_id
    return own or place.room_id == fault.room_id


def loaner_in_place(fault: Fault) -> bool:
    """Whether the device's unit is one that was lent for the time being."""
    return fault.device_id is not None and loaners.in_place(fault.device_id)


def loaner_on_record(fault: Fault) -> bool:
    if fault.device_id is None:
        return False
    out = (Lending.device == fault.device_id) & Lending.returned_at.is_null()
    return loaner_in_place(fault) or Lending.select().where(out).exists()


def require_loaner(step: str, reason: str, fault: Fault) -> None:
    """A pause for a part needs an approved loaner in use, and an end needs it gone. Raises
    Invalid."""
    needs = REASONS[reason].needs if reason in REASONS else ""
    if step == "pause" and needs == "loaner" and not loaner_on_record(fault):
        message = N_("No loaner is on record at this device: put it in place by a swap first.")
        raise invalid("reason", "loaner", message)
    if step == "resolve" and loaner_in_place(fault):
        message = N_("A loaner is still in use here: put the device's own unit back first.")
        raise invalid("remedy", "loaner", message)
