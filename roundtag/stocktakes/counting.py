"""A visit's list: what somebody scanned, ticked or typed in one room, in one submission.

Any number of visits adds up: a device counts once, however often and by whomever it was seen.
"""

import re
from dataclasses import dataclass

from roundtag import tagging
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome, Photo
from roundtag.errors import Gone, NotFound
from roundtag.fields import Fields
from roundtag.models import Device, Room, Stocktake, StocktakeEntry, StocktakeVisit
from roundtag.stocktakes.scope import in_view, lock, room_of
from roundtag.words import N_
from tags import codes

LIMIT = 1000
"""Things of one list: more than any room holds, and few enough for one submission."""
SLIP = N_("The code %(typed)s has a slip: check it against the label, letter by letter.")
EMPTY = N_("Scan or tick at least one device, or say that nothing is here.")
LONGEST_CODE = 40


@dataclass(frozen=True)
class CountDevice:
    """`codes`: of labels, as read; `scanned`: those of them that a camera read.

    `untagged`: keys of devices that were ticked and bear no label.
    """

    stocktake_id: int | None
    room_id: int | None
    codes: tuple[str, ...]
    scanned: frozenset[str] = frozenset()
    untagged: tuple[int, ...] = ()
    note: str | None = None


def read(form: Fields, photos: tuple[Photo, ...]) -> CountDevice:
    """Reads a list; raises Invalid naming every bad field."""
    typed = "".join(form.raw("typed").split())
    written = _split(form.text("others", limit=40_000) or "")
    listed = [code for code in (*form.many("code"), *written, typed) if code]
    untagged = [int(key) for key in form.many("untagged") if re.fullmatch(r"[0-9]{1,9}", key)]
    slip = next((code for code in listed if codes.parse(code) is None), None)
    if slip:
        form.refuse("typed" if slip == typed else "others", "slip", SLIP, typed=slip[:LONGEST_CODE])
    if len(listed) + len(untagged) > LIMIT:
        form.refuse("others", "many", N_("At most %(limit)s in one list. File it, then go on."),
                    limit=LIMIT)  # fmt: skip
    if not listed and not untagged and form.raw("nothing") != "1":
        form.refuse("others", "required", EMPTY)
    stocktake, room = form.whole("stocktake"), form.whole("room")
    note = form.text("note")
    form.done()
    return CountDevice(
        stocktake, room, _plain(listed), frozenset(_plain(_split(form.raw("scanned")))),
        tuple(dict.fromkeys(untagged)), note,
    )  # fmt: skip


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,;，；、]+", text) if part]


def _plain(listed: list[str]) -> tuple[str, ...]:
    """Each code once, in its canonical spelling, in the order of reading."""
    return tuple(dict.fromkeys(code for code in map(codes.parse, listed) if code))


VERSIONS = {"1": read}


def count_device(command: CountDevice, deed: Deed) -> Outcome:
    """Files a visit's list. After the closing it is kept, and counts no more."""
    stocktake = in_view(command.stocktake_id or 0, deed.actor)
    deed.require(stocktake.client_id)
    room = room_of(command.room_id, stocktake)
    lock(stocktake)
    late = Stocktake.get_by_id(stocktake.id).closed_at is not None
    visit = _visit(command, deed, stocktake, room, late)
    listed = _devices(command, stocktake.client_id, deed.actor)
    deed.create_many(StocktakeEntry, (
        {"client": stocktake.client_id, "visit": visit, "stocktake": stocktake, "room": room,
         "code": code, "device": device, "scanned": code in command.scanned}
        for code, device in listed
    ))  # fmt: skip
    return _told(stocktake, room, len(listed), visit)


def _visit(command: CountDevice, deed: Deed, stocktake: Stocktake, room: Room,
           late: bool) -> StocktakeVisit:  # fmt: skip
    return deed.create(
        StocktakeVisit,
        client=stocktake.client_id,
        stocktake=stocktake,
        room=room,
        note=command.note,
        person=deed.person_id,
        late=late,
        submission=deed.id,
        claimed_at=deed.claimed_at,
        received_at=deed.received_at,
    )


Listed = list[tuple[str, Device | None]]


def _devices(command: CountDevice, client_id: int, actor: Actor) -> Listed:
    """Every device of the list once, and the codes that lead to none of this client's.

    The label at a room's door is no device: it is left out.
    """
    listed: dict[object, tuple[str, Device | None]] = {}
    for code in command.codes:
        target = _target(code, client_id, actor)
        if target is None:
            listed[code] = (code, None)
        elif target.device is not None:
            listed.setdefault(target.device.id, (code, target.device))
    known = (Device.id << command.untagged) & (Device.client == client_id)
    for device in Device.select().where(known):
        listed.setdefault(device.id, ("", device))
    return list(listed.values())


def _target(code: str, client_id: int, actor: Actor) -> tagging.Target | None:
    try:
        target = tagging.resolve(code, actor)
    except (NotFound, Gone):
        return None
    return target if target.client_id == client_id else None


def _told(stocktake: Stocktake, room: Room, count: int, visit: StocktakeVisit) -> Outcome:
    url = f"/stocktakes/{stocktake.id}/rooms"
    values = {"count": count, "room": room.name}
    if visit.late:
        message = N_(
            "The stocktake was closed before: what you counted in %(room)s is kept beside its "
            "report."
        )
        return Outcome(message, url, values=values, subject_id=visit.id)
    return Outcome(N_("Counted in %(room)s: %(count)s."), url, values=values, subject_id=visit.id)
