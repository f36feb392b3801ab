"""Suspected fake labels: a sticker that leads elsewhere, or one that does not belong in its room.

Such a report is a fault of security at the room, filed like any other, also without network.
"""

from dataclasses import dataclass

from roundtag import faults, tagging
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome, Photo
from roundtag.fields import Fields
from roundtag.models import Building, Room, Tag, dicts
from roundtag.words import N_

FORM = "fake"
SYMPTOM = "fake_tag"
MOST_ROOMS = 500
WHYS = ("foreign", "elsewhere", "blank", "unknown", "word")
"""It leads to another site; it belongs to another room; it is on nothing; nobody knows its code;
its word to compare is another one than the page shows."""


@dataclass(frozen=True)
class ReportFakeTag:
    """`tag` is a genuine label of the room, `found` what the suspected one says: a host or code."""

    tag: str
    why: str
    found: str
    text: str | None = None
    photos: tuple[Photo, ...] = ()


def read(form: Fields, photos: tuple[Photo, ...]) -> ReportFakeTag:
    """Reads a report of a fake label; raises Invalid naming every bad field."""
    command = ReportFakeTag(
        tag=form.text("tag", required=N_("Choose the room."), limit=40) or "",
        why=form.choice("why", WHYS, required=N_("Say what is wrong with the label.")) or "",
        found=form.text("found", limit=200) or "",
        text=form.text("text"),
        photos=photos,
    )
    if not (command.found or command.text or photos):
        form.refuse("found", "required", N_("Give the code or the address on the label."))
    form.done()
    return command


VERSIONS = {"1": read}


def report_fake_tag(command: ReportFakeTag, deed: Deed) -> Outcome:
    """Opens a fault of security for the room that the suspected label hangs in."""
    place = tagging.resolve(command.tag, deed.actor)
    deed.require(place.client_id)
    words = " · ".join(filter(None, (command.why, command.found)))
    fault = faults.open_fault(
        deed, Room.get_by_id(place.room_id), None, SYMPTOM, "engineer",
        description="\n".join(filter(None, (words, command.text))), photos=command.photos,
    )  # fmt: skip
    return Outcome(N_("Reported as fault %(number)s. Leave the label as it is."),
                   f"/faults/{fault.id}", values={"number": fault.number},
                   subject_id=fault.id)  # fmt: skip


def rooms(actor: Actor) -> list[tuple[str, str]]:
    """Rooms that a report may name, as (code of the door's label, name), in walking order."""
    query = (
        Room.select(Tag.code.alias("tag"), Room.name, Room.code, Building.name.alias("building"))
        .join(Building)
        .join(Tag, on=((Tag.room == Room.id) & Tag.state.in_(tagging.LIVE)))
        .order_by(Building.name, Room.code)
        .limit(MOST_ROOMS)
    )
    rows = dicts(visible(actor, query, Room.client))
    return [(row["tag"], f"{row['building']} · {row['name']}") for row in rows]
