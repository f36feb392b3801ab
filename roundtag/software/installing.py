"""Installed versions, one or thousands: the version, its update and the line of the logbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from roundtag import clock, history
from roundtag.bulk_rows import of_keys
from roundtag.commands import Deed
from roundtag.models import Device, Software, SoftwareUpdate, Unit, tuples

FIRMWARE = "firmware"
"""A device has one firmware, which needs no name."""
What = tuple[int, str, str]


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

    @property
    def what(self) -> What:
        return self.device_id, self.kind, self.name


def set_firmware(deed: Deed, client_id: int, versions: Mapping[int, str]) -> None:
    """The firmware of devices as a file or the registering form names it; an empty version says
    nothing, and the same again is nothing."""
    named = [key for key, version in versions.items() if version]
    rows = of_keys(Software, Software.device, named)
    known = {row.device_id: row.installed for row in rows if row.kind == FIRMWARE}
    today = clock.local_day(deed.received_at)
    install(deed, client_id, [
        RecordUpdate(key, FIRMWARE, "", versions[key], today)
        for key in named if known.get(key) != versions[key]
    ])  # fmt: skip


def install(deed: Deed, client_id: int, given: list[RecordUpdate]) -> list[int]:
    """Writes versions on devices of one client, for every door; the key of each software."""
    if not given:
        return []
    keys = [command.device_id for command in given]
    units = {unit.device_id: unit for unit in of_keys(Unit, Unit.device, keys)}
    rows = {(r.device_id, r.kind, r.name): r for r in of_keys(Software, Software.device, keys)}
    before = {what: row.installed for what, row in rows.items()}
    deed.change_many(
        (rows[one.what], _installed(deed, one, units)) for one in given if one.what in rows
    )
    ids = {what: row.id for what, row in rows.items()}
    ids |= _create(deed, client_id, [one for one in given if one.what not in rows], units)
    _tell(deed, client_id, given, units, ids, before)
    return [ids[one.what] for one in given]


def _installed(deed: Deed, command: RecordUpdate, units: Mapping[int, Unit]) -> dict[str, Any]:
    unit = units.get(command.device_id)
    return {"installed": command.version, "unit": unit.id if unit else None,
            "updated_at": deed.received_at}  # fmt: skip


def _create(deed: Deed, client_id: int, given: list[RecordUpdate],
            units: Mapping[int, Unit]) -> dict[What, int]:  # fmt: skip
    models = {key: unit.model_id for key, unit in units.items()}
    latest = _latest(client_id, set(models.values())) if given else {}
    keys = deed.create_many(Software, (
        {"client": client_id, "device": one.device_id, "kind": one.kind, "name": one.name,
         "latest": latest.get((models.get(one.device_id), one.kind, one.name), ""),
         **_installed(deed, one, units)}
        for one in given
    ))  # fmt: skip
    return dict(zip((one.what for one in given), keys, strict=True))


def _latest(client_id: int, models: set[int]) -> dict[tuple[Any, ...], str]:
    """What was written down as the latest version for devices of the same model."""
    query = (
        Software.select(Unit.model, Software.kind, Software.name, Software.latest)
        .join(Unit, on=(Unit.device == Software.device))
        .where((Software.client == client_id) & (Software.latest != ""))
        .where(Unit.model.in_(sorted(models)))
        .order_by(Software.id)
    )
    return {(model, kind, name): version for model, kind, name, version in tuples(query)}


def _tell(deed: Deed, client_id: int, given: list[RecordUpdate], units: Mapping[int, Unit],
          ids: Mapping[What, int], before: Mapping[What, str]) -> None:  # fmt: skip
    """The update, sealed, and the line of the logbook that points at it."""
    updates = deed.create_many(SoftwareUpdate, (
        {"client": client_id, "software": ids[one.what], "unit": units.get(one.device_id),
         "from_version": before.get(one.what, ""), "to_version": one.version,
         "done_on": one.done_on, "done_by": one.done_by, "person": deed.person_id,
         "backup_taken": one.backup_taken, "backup_where": one.backup_where, "note": one.note,
         "submission": deed.id, "at": deed.received_at}
        for one in given
    ))  # fmt: skip
    rooms = {
        row.id: row.room_id for row in of_keys(Device, Device.id, [one.device_id for one in given])
    }
    history.record_all(deed, "software", client_id, [
        {"room": rooms[one.device_id], "device": one.device_id, "subject_id": update,
         "data": {"software": one.kind, "name": one.name, "before": before.get(one.what, ""),
                  "now": one.version}}
        for one, update in zip(given, updates, strict=True)
    ])  # fmt: skip
