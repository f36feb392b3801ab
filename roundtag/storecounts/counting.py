"""A list: what somebody scanned, ticked or typed on one shelf, in one submission.

Any number of lists adds up: a unit counts once, however often and by whomever it was read.
"""

import re
import unicodedata
from dataclasses import dataclass

from roundtag.commands import Deed, Outcome, Photo
from roundtag.errors import invalid
from roundtag.fields import Fields
from roundtag.models import DeviceModel, Store, StoreCount, StoreCountLine, StoreCountList
from roundtag.storecounts import knowing
from roundtag.storecounts.scope import in_view, lock, require
from roundtag.storecounts.spelling import (
    A_DEVICES,
    DEVICE_LABEL,
    LONGEST_SERIAL,
    LONGEST_SHELF,
    serial_of,
    shelf_key,
    shelf_label,
    shelf_of,
    split,
)
from roundtag.words import N_

LIMIT = 5000
"""Things of one list: more than any shelf holds, and few enough for one submission."""
MOST_PIECES = 1_000_000
EMPTY = N_("Scan, tick or count at least one thing, or say that nothing is here.")
ONE_SHELF = N_("A list is of one shelf. File this one, then start one for %(shelf)s.")
OTHER_STORE = N_("This label is of a shelf in another store (%(store)s).")
LONG = N_("A serial number has at most %(limit)s characters: %(typed)s")
PIECES = N_("Give a whole number of pieces, 0 or more.")


@dataclass(frozen=True)
class CountStore:
    """`serials`: as read or typed; `scanned`: those of them that a camera read; `units`: keys of
    units that were ticked; `pieces`: (key of a counted model, how many). `label_of`: the code of
    the store on the shelf's label, when one was read."""

    count_id: int | None
    serials: tuple[str, ...] = ()
    scanned: frozenset[str] = frozenset()
    units: tuple[int, ...] = ()
    pieces: tuple[tuple[int, int], ...] = ()
    shelf: str = ""
    label_of: str = ""
    note: str | None = None


def read(form: Fields, photos: tuple[Photo, ...]) -> CountStore:
    """Reads a list; raises Invalid naming every bad field."""
    shelf, label_of, listed = _listed(form)
    units = [int(key) for key in form.many("unit") if re.fullmatch(r"[0-9]{1,9}", key)]
    pieces = _pieces(form)
    if len(listed) + len(units) > LIMIT:
        form.refuse("others", "many", N_("At most %(limit)s in one list. File it, then go on."),
                    limit=LIMIT)  # fmt: skip
    if not (listed or units or pieces) and form.raw("nothing") != "1":
        form.refuse("others", "required", EMPTY)
    count, note = form.whole("count"), form.text("note")
    form.done()
    scanned = frozenset(map(serial_of, split(form.raw("scanned"))))
    return CountStore(count, tuple(dict.fromkeys(listed)), scanned, tuple(dict.fromkeys(units)),
                      pieces, shelf, label_of, note)  # fmt: skip


def _listed(form: Fields) -> tuple[str, str, list[str]]:
    """The shelf, the store that its label names, and the serial numbers."""
    shelf = shelf_of(form.text("shelf", limit=LONGEST_SHELF + 60) or "")
    label_of, listed = "", []
    written = ([shelf] if shelf_label(shelf) else []) + split(form.raw("others"))
    shelf = "" if shelf_label(shelf) else shelf
    for entry in [*written, *split(form.raw("typed"))]:
        label = shelf_label(entry)
        if label is None:
            listed += _serial(form, entry)
        elif shelf and shelf_key(shelf) != shelf_key(label[1]):
            form.refuse("shelf", "another", ONE_SHELF, shelf=label[1][:LONGEST_SHELF])
        else:
            label_of, shelf = label
    if len(shelf) > LONGEST_SHELF:
        form.refuse("shelf", "long", N_("At most %(limit)s characters."), limit=LONGEST_SHELF)
    return shelf, label_of, listed


def _serial(form: Fields, entry: str) -> list[str]:
    serial = serial_of(entry)
    if DEVICE_LABEL.search(serial):
        form.refuse("others", "label", A_DEVICES, typed=entry[:LONGEST_SERIAL])
    elif len(serial) > LONGEST_SERIAL:
        form.refuse("others", "long", LONG, limit=LONGEST_SERIAL, typed=entry[:LONGEST_SERIAL])
    return [serial] if serial else []


def _pieces(form: Fields) -> tuple[tuple[int, int], ...]:
    """An empty field was not counted; 0 was, and there is none."""
    found = []
    for key, typed in form.under("pieces.").items():
        plain = "".join(unicodedata.normalize("NFKC", typed).split())
        if not plain or not re.fullmatch(r"[0-9]{1,9}", key):
            continue
        if not re.fullmatch(r"[0-9]{1,7}", plain) or int(plain) > MOST_PIECES:
            form.refuse(f"pieces.{key}", "number", PIECES)
        else:
            found.append((int(key), int(plain)))
    return tuple(found)


VERSIONS = {"1": read}


def count_store(command: CountStore, deed: Deed) -> Outcome:
    """Files a list. After the closing it is kept, and counts no more."""
    count = in_view(command.count_id, deed.actor)
    store = count.store
    require(deed, store)
    if command.label_of and command.label_of.casefold() != store.code.casefold():
        raise invalid("shelf", "store", OTHER_STORE, store=command.label_of[:LONGEST_SHELF])
    late = lock(count).closed_at is not None
    filed = _list(command, deed, count, late)
    lines = [*_units(command, store), *_counted(command)]
    deed.create_many(StoreCountLine, ({"count": count.id, "list": filed.id, **one}
                                      for one in lines))  # fmt: skip
    return _told(count, len(lines), filed)


def _list(command: CountStore, deed: Deed, count: StoreCount, late: bool) -> StoreCountList:
    return deed.create(
        StoreCountList,
        count=count,
        shelf=command.shelf,
        note=command.note,
        person=deed.person_id,
        late=late,
        submission=deed.id,
        claimed_at=deed.claimed_at,
        received_at=deed.received_at,
    )


def _units(command: CountStore, store: Store) -> list[dict[str, object]]:
    """Every unit of the list once, and the serial numbers that lead to no single one."""
    listed: dict[object, dict[str, object]] = {}
    meant = knowing.meant(command.serials, store)
    for serial in command.serials:
        unit = meant.get(serial.upper())
        line = {"serial": unit.serial if unit else serial.upper(), "unit": unit and unit.id,
                "quantity": 1, "scanned": serial in command.scanned}  # fmt: skip
        listed.setdefault(unit.id if unit else serial.upper(), line)
    for unit in knowing.of_keys(command.units, store):
        line = {"serial": unit.serial, "unit": unit.id, "quantity": 1, "scanned": False}
        listed.setdefault(unit.id, line)
    return list(listed.values())


def _counted(command: CountStore) -> list[dict[str, object]]:
    """Only models that are counted: a serial-numbered one has units to scan."""
    keys = [key for key, _ in command.pieces]
    known = {
        model.id
        for model in DeviceModel.select(DeviceModel.id).where(
            (DeviceModel.id << keys) & (DeviceModel.tracking == "count")
        )
    }
    return [{"model": key, "quantity": many} for key, many in command.pieces if key in known]


def _told(count: StoreCount, lines: int, filed: StoreCountList) -> Outcome:
    url = f"/stock/counts/{count.id}"
    if filed.late:
        message = N_("The count was closed before: your list is kept beside its report.")
        return Outcome(message, url, subject_id=filed.id)
    message = N_("Counted on %(shelf)s: %(count)s.") if filed.shelf else N_("Counted: %(count)s.")
    return Outcome(message, url, values={"count": lines, "shelf": filed.shelf},
                   subject_id=filed.id)  # fmt: skip
