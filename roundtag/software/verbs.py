"""What people write down about the software of devices."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from roundtag import clock, days, history
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.fields import Fields
from roundtag.models import Device, Software, SoftwareUpdate, Unit
from roundtag.words import N_

KINDS = ("firmware", "operating_system", "application", "antivirus_definitions")
FIRMWARE = "firmware"
"""A device has one firmware, which needs no name."""
VERSION, NAME = 80, 100


@dataclass(frozen=True)
class RecordUpdate:
    """A version that is on a device now. `name` is empty for firmware; `done_by` names somebody
    else than whoever records it; `expected` is the version that the form had shown."""

    device_id: int
    kind: str
    name: str
    version: str
    done_on: date
    expected: str = ""
    done_by: str | None = None
    backup_taken: bool = False
    backup_where: str | None = None
    note: str | None = None


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
        message = N_("Nothing was written: meanwhile %(found)s was recorded here, your form showed "
                     "%(shown)s.")  # fmt: skip
        return Outcome(message, f"/devices/{device.id}/software", "conflict",
                       {"found": now or "—", "shown": command.expected or "—"})  # fmt: skip
    update = install(deed, device, command)
    return Outcome(N_("Version %(version)s is recorded."), f"/devices/{device.id}/software",
                   values={"version": command.version}, subject_id=update.software_id)  # fmt: skip


def install(deed: Deed, device: Device, command: RecordUpdate) -> SoftwareUpdate:
    """The version itself, its update and the line of the logbook; for every door."""
    unit = Unit.get_or_none(Unit.device == device.id)
    row = _row(device, command.kind, command.name)
    before = row.installed if row else ""
    values = {"installed": command.version, "unit": unit, "updated_at": deed.received_at}
    if row:
        deed.change(row, **values)
    else:
        row = deed.create(
            Software, client=device.client_id, device=device, kind=command.kind,
            name=command.name, latest=_latest_of(device, unit, command), **values,
        )  # fmt: skip
    update = deed.create(
        SoftwareUpdate,
        client=device.client_id,
        software=row,
        unit=unit,
        from_version=before,
        to_version=command.version,
        done_on=command.done_on,
        done_by=command.done_by,
        person=deed.person_id,
        backup_taken=command.backup_taken,
        backup_where=command.backup_where,
        note=command.note,
        submission=deed.id,
        at=deed.received_at,
    )
    history.record(deed, "software", device, subject_id=update.id, software=command.kind,
                   name=command.name, before=before, now=command.version)  # fmt: skip
    return update


def set_firmware(deed: Deed, device: Device, version: str) -> None:
    """The firmware as a file or the registering form names it; the same again is nothing."""
    row = _row(device, FIRMWARE, "") if version else None
    if version and (row is None or row.installed != version):
        today = clock.local_day(deed.received_at)
        install(deed, device, RecordUpdate(device.id, FIRMWARE, "", version, today))


def _row(device: Device, kind: str, name: str) -> Software | None:
    return Software.get_or_none(
        (Software.device == device.id) & (Software.kind == kind) & (Software.name == name)
    )


def _latest_of(device: Device, unit: Unit | None, command: RecordUpdate) -> str:
    """What was written down as the latest version for devices of the same model."""
    if unit is None:
        return ""
    twins = of_model(unit.model_id).where(Device.client == device.client_id)
    same = (Software.kind == command.kind) & (Software.name == command.name)
    known = Software.select().where(same & Software.device.in_(twins) & (Software.latest != ""))
    row = known.order_by(Software.id.desc()).first()
    return row.latest if row else ""


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
