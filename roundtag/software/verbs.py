"""What people write down about the software of devices."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from roundtag import days
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.fields import Fields
from roundtag.models import Device, Software, Unit
from roundtag.software.installing import FIRMWARE, RecordUpdate, install
from roundtag.words import N_

KINDS = ("firmware", "operating_system", "application", "antivirus_definitions")
VERSION, NAME = 80, 100


def read_update(form: Fields, device_id: int, today: date, kind: str = "",
                name: str = "") -> RecordUpdate:  # fmt: skip
    """Reads a form about a device, or about one `kind` and `name` that it has already."""
    chosen = kind or form.choice("kind", KINDS, required=N_("Choose what it is.")) or ""
    called = name if kind else form.text("name", limit=NAME) or ""
    if not kind and chosen != FIRMWARE and not called:
        form.refuse("name", "required", N_("Give its name, e.g. Windows or the program's."))
    command = RecordUpdate(
        device_id=device_id,
        kind=chosen,
        name="" if chosen == FIRMWARE else called,
        version=form.text("version", limit=VERSION, required=N_("Give the version.")) or "",
        done_on=days.read(form, "done_on", latest=today) or today,
        expected=form.text("expected", limit=VERSION) or "",
        done_by=form.text("done_by", limit=NAME),
        backup_taken=form.raw("backup_taken") == "1",
        backup_where=form.text("backup_where", limit=200),
        note=form.text("note"),
    )
    form.done()
    return command


def record_software_update(command: RecordUpdate, deed: Deed) -> Outcome:
    """Writes down a version that is on a device now. When somebody recorded another one since the
    form was shown, nothing is written and both are told."""
    device = device_of(command.device_id, deed.actor)
    deed.require(device.client_id)
    Device.update(id=Device.id).where(Device.id == device.id).execute()  # two people come in turn
    row = _row(device, command.kind, command.name)
    now = row.installed if row else ""
    if now != command.expected and now != command.version:
        taken = N_("Version %(found)s of this is on record already. Open its line and record the "
                   "update there.")  # fmt: skip
        message = N_("Nothing was written: meanwhile %(found)s was recorded here, your form showed "
                     "%(shown)s.")  # fmt: skip
        return Outcome(message if command.expected else taken,
                       f"/devices/{device.id}/software", "conflict",
                       {"found": now or "—", "shown": command.expected or "—"})  # fmt: skip
    (key,) = install(deed, device.client_id, [command])
    return Outcome(N_("Version %(version)s is recorded."), f"/devices/{device.id}/software",
                   values={"version": command.version}, subject_id=key)  # fmt: skip


def _row(device: Device, kind: str, name: str) -> Software | None:
    return Software.get_or_none(
        (Software.device == device.id) & (Software.kind == kind) & (Software.name == name)
    )


def of_model(model_id: int) -> Any:
    return Device.select(Device.id).join(Unit).where(Unit.model == model_id)


def device_of(device_id: int, actor: Actor) -> Device:
    found = visible(actor, Device.select().where(Device.id == device_id), Device.client).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class SetLatest:
    """`whole_model`: for every device of the model at which the actor may do this."""

    software_id: int
    version: str
    whole_model: bool = False


def read_latest(form: Fields, software_id: int) -> SetLatest:
    version = form.text("latest", limit=VERSION, required=N_("Give the version."))
    command = SetLatest(software_id, version or "", form.raw("whole_model") == "1")
    form.done()
    return command


def set_latest_version(command: SetLatest, deed: Deed) -> Outcome:
    """Writes down which version is the latest, for one device or for all of its model."""
    row = one(command.software_id, deed.actor)
    deed.require(row.client_id)
    where = Software.id == row.id
    unit = Unit.get_or_none(Unit.device == row.device_id)
    if command.whole_model and unit:
        same = (Software.kind == row.kind) & (Software.name == row.name)
        where = same & Software.device.in_(of_model(unit.model_id))
        clients = deed.actor.clients_for("set_latest_version")
        if clients is not None:
            where &= Software.client.in_(sorted(clients))
    changed = deed.claim(Software, where & (Software.latest != command.version),
                         latest=command.version)  # fmt: skip
    return Outcome(N_("%(version)s is the latest version now, for %(count)s devices."),
                   f"/software/{row.id}", values={"version": command.version,
                   "count": len(changed)}, subject_id=row.id)  # fmt: skip


def one(software_id: int, actor: Actor) -> Software:
    query = Software.select().where(Software.id == software_id)
    found = visible(actor, query, Software.client).first()
    if found is None:
        raise NotFound
    return found
