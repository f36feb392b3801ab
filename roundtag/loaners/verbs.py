"""What is decided about a loaner that is out: it stays longer, or for good."""

from dataclasses import dataclass
from datetime import date

from roundtag import days, history
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.fields import Fields
from roundtag.loaners.keeping import KEPT
from roundtag.models import Device, Loaner, Reason, Unit
from roundtag.words import N_

BACK = N_("It is not out any more: it came back or was kept before.")
WHY = N_("Say why.")


@dataclass(frozen=True)
class KeepLoaner:
    """`consent`: who of the client agreed, and when."""

    loaner_id: int
    reason: str
    consent: str


def read_keeping(form: Fields, loaner_id: int) -> KeepLoaner:
    reason = form.text("reason", required=WHY, limit=500)
    consent = form.text("consent", limit=200,
                        required=N_("Say who of the client agreed, and when."))  # fmt: skip
    form.done()
    return KeepLoaner(loaner_id, reason or "", consent or "")


def keep_loaner(command: KeepLoaner, deed: Deed) -> Outcome:
    """A loaner stays for good: it is the device's own unit from now on, with its own warranty. The
    unit that it stood for is a spare, or what its repair order makes of it."""
    row, device = _held(command.loaner_id, deed)
    still_out = (Loaner.id == row.id) & Loaner.back_at.is_null()
    if not deed.claim(Loaner, still_out, back_at=deed.received_at, back_by=deed.person_id,
                      back_how=KEPT):  # fmt: skip
        return Outcome(BACK, f"/loaners/{row.id}", "conflict", subject_id=row.id)
    row = Loaner.get_by_id(row.id)
    deed.change(row, note=f"{command.reason}\n{command.consent}")
    why = _say(deed, device, f"{command.reason} · {command.consent}")
    serial = Unit.get_by_id(row.unit_id).serial
    history.record(deed, "loaner_kept", device, subject_id=why.id, serial=serial)
    return Outcome(N_("%(serial)s stays for good."), f"/loaners/{row.id}",
                   values={"serial": serial}, subject_id=row.id)  # fmt: skip


@dataclass(frozen=True)
class ExtendLoaner:
    loaner_id: int
    due_on: date
    reason: str


def read_extension(form: Fields, loaner_id: int, today: date) -> ExtendLoaner:
    due_on = days.read(form, "due_on", required=N_("Say when it comes back."), earliest=today)
    reason = form.text("reason", required=WHY, limit=500)
    form.done()
    return ExtendLoaner(loaner_id, due_on or today, reason or "")


def extend_loaner(command: ExtendLoaner, deed: Deed) -> Outcome:
    """Another day; its lateness is told anew when that day has passed."""
    row, device = _held(command.loaner_id, deed)
    still_out = (Loaner.id == row.id) & Loaner.back_at.is_null()
    if not deed.claim(Loaner, still_out, due_on=command.due_on, late_at=None):
        return Outcome(BACK, f"/loaners/{row.id}", "conflict", subject_id=row.id)
    why = _say(deed, device, command.reason)
    history.record(deed, "loaner_extended", device, subject_id=why.id,
                   before=row.due_on.isoformat() if row.due_on else "",
                   now=command.due_on.isoformat())  # fmt: skip
    return Outcome(N_("The loaner is due back on %(day)s."), f"/loaners/{row.id}",
                   values={"day": command.due_on.isoformat()}, subject_id=row.id)  # fmt: skip


def _held(loaner_id: int, deed: Deed) -> tuple[Loaner, Device]:
    """The loaner and its device, whose lock makes who swaps it out meanwhile wait."""
    query = Loaner.select().where(Loaner.id == loaner_id)
    found = visible(deed.actor, query, Loaner.client).first()
    if found is None:
        raise NotFound
    deed.require(found.client_id)
    Device.update(id=Device.id).where(Device.id == found.device_id).execute()
    return Loaner.get_by_id(found.id), Device.get_by_id(found.device_id)


def _say(deed: Deed, device: Device, words: str) -> Reason:
    return deed.create(Reason, client=device.client_id, device=device, note=words,
                       submission=deed.id)  # fmt: skip
