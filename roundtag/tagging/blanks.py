"""Blank labels: printed first, claimed by scanning one where it was stuck on."""

from dataclasses import dataclass

from roundtag import people
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import BatchTag, Client, Device, Room, Tag, TagBatch, TagEvent
from roundtag.tagging.events import hold, note
from roundtag.tagging.life import retire
from roundtag.tagging.resolving import LIVE, _may_see
from roundtag.words import N_
from tags import codes

MOST = 2000


@dataclass(frozen=True)
class MakeBlanks:
    """`client_id` None: labels of the provider's, for any client."""

    count: int
    client_id: int | None = None
    note: str | None = None


def read_batch(form: Fields, clients: dict[str, int | None]) -> MakeBlanks:
    """Reads the form of a batch; `clients` maps what may be chosen ("" is the provider)."""
    count = form.whole("count")
    if count is None and not form.errors:
        form.refuse("count", "required", N_("Say how many labels."))
    if count is not None and not 1 <= count <= MOST:
        form.refuse("count", "range", N_("A batch has 1 to %(most)s labels."), most=MOST)
    client = form.raw("client")
    if client not in clients:
        form.refuse("client", "unknown", N_("Choose one of the list."))
    note_text = form.text("note", limit=200)
    form.done()
    return MakeBlanks(count or 0, clients[client], note_text)


def make_blanks(command: MakeBlanks, deed: Deed) -> Outcome:
    """Makes a numbered batch of codes that are on nothing yet."""
    if not 1 <= command.count <= MOST:
        raise invalid("count", "range", N_("A batch has 1 to %(most)s labels."), most=MOST)
    if command.client_id is not None and not Client.get_or_none(Client.id == command.client_id):
        raise NotFound
    deed.require(command.client_id)
    batch = deed.create(TagBatch, client=command.client_id, count=command.count, note=command.note,
                        person=deed.person_id, at=deed.received_at)  # fmt: skip
    made = deed.create_many(Tag, (
        {"code": codes.new(), "state": "blank", "client": command.client_id,
         "made_at": deed.received_at} for _ in range(command.count)))  # fmt: skip
    deed.create_many(BatchTag, ({"tag": code, "batch": batch.id} for code in made))
    return Outcome(N_("Batch %(number)s is made: %(count)s blank labels. Print them now."),
                   f"/tags/batches/{batch.id}", subject_id=batch.id,
                   values={"number": batch.id, "count": command.count})  # fmt: skip


@dataclass(frozen=True)
class ClaimTag:
    """Puts the blank `code` on a device or on a room. `replaces` is the tag that it bears and that
    the person agreed to replace."""

    code: str
    device_id: int | None = None
    room_id: int | None = None
    replaces: str | None = None


def read_claim(form: Fields, code: str) -> ClaimTag:
    kind, _, key = form.raw("target").partition(":")
    if kind not in ("device", "room") or not key.isascii() or not key.isdigit() or len(key) > 9:
        form.refuse("target", "required", N_("Choose what the label is on."))
        form.done()
    keys = {f"{kind}_id": int(key)}
    return ClaimTag(code, **keys, replaces=codes.parse(form.raw("replaces")))


def claim_of(code: str, client_id: int, device: str | None, room: str | None,
             replaces: str | None) -> ClaimTag:  # fmt: skip
    """A claim by the codes of a client's own lists. Raises Invalid for one that is unknown."""
    model, wanted = (Device, device) if device else (Room, room)
    found = model.get_or_none((model.client == client_id) & (model.code == wanted))
    if found is None:
        unknown = N_("There is no such device.") if device else N_("There is no such room.")
        raise invalid("target", "unknown", unknown)
    key = "device_id" if device else "room_id"
    return ClaimTag(code, replaces=codes.parse(replaces or ""), **{key: found.id})


def claim_tag(command: ClaimTag, deed: Deed) -> Outcome:
    """Binds a blank to what it was stuck on. Of two who claim one label, one wins.

    Raises Invalid `bears` when the device or room bears a tag that is not named in `replaces`.
    """
    place = _place(command, deed)
    hold(deed, command.device_id, command.room_id)
    code = codes.parse(command.code) or ""
    blank = (Tag.code == code) & (Tag.state == "blank")
    blank &= Tag.client.is_null() | (Tag.client == place.client_id)
    if not Tag.select().where(blank).exists():
        return _lost_race(code, deed)
    old = _borne(command)
    if old and old.code != command.replaces:
        raise invalid("replaces", "bears",
                      N_("%(name)s bears the label %(label)s. Is that one replaced?"),
                      name=place.name, label=codes.show(old.code))  # fmt: skip
    won = deed.claim(Tag, blank, state="bound", client=place.client_id)
    if not won:
        return _lost_race(code, deed)
    if old:
        retire(deed, old.code, code, "claimed")
    tag = deed.change(won[0], device=command.device_id, room=command.room_id)
    note(deed, tag, "claimed", **({"old": old.code} if old else {}), name=place.name)
    return Outcome(N_("The label %(code)s is on %(name)s now."), f"/t/{code}", subject_id=code,
                   values={"code": codes.show(code), "name": place.name})  # fmt: skip


def _place(command: ClaimTag, deed: Deed) -> Device | Room:
    """What the label goes on. Raises NotFound for what is out of the actor's view."""
    model, key = (Device, command.device_id) if command.device_id else (Room, command.room_id)
    found = model.get_or_none(model.id == key)
    if found is None or not _may_see(deed.actor, found.client_id):
        raise NotFound
    deed.require(found.client_id)
    if isinstance(found, Device) and found.retired_at:
        raise invalid("target", "retired", N_("%(name)s is retired: it gets no new label."),
                      name=found.name)  # fmt: skip
    return found


def _borne(command: ClaimTag) -> Tag | None:
    where = (Tag.device == command.device_id) if command.device_id else (
        Tag.room == command.room_id)  # fmt: skip
    return Tag.get_or_none(where & Tag.state.in_(LIVE))


def _lost_race(code: str, deed: Deed) -> Outcome:
    """Who claimed it first; NotFound where the label is none of the actor's."""
    tag = Tag.get_or_none(Tag.code == code)
    if tag is None or not _may_see(deed.actor, tag.client_id):
        raise NotFound
    if tag.state == "blank":
        raise invalid("target", "client", N_("This label belongs to another client's batch."))
    event = TagEvent.select().where((TagEvent.tag == code) & (TagEvent.kind == "claimed")).first()
    if event is None:
        return Outcome(N_("This label is not blank any more."), f"/t/{code}", state="conflict")
    who = people.names({event.person_id} - {None}).get(event.person_id, "—")
    return Outcome(N_("%(who)s has claimed this label before you, for %(name)s."), f"/t/{code}",
                   state="conflict", values={"who": who, "name": event.data["name"]})  # fmt: skip
