"""Opening and closing a stocktake, and saying why something is not there."""

from dataclasses import dataclass
from typing import Any

from roundtag import commands, devices, documents
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome, Receipt
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import (
    Building,
    Client,
    Device,
    Room,
    Site,
    Stocktake,
    StocktakeReason,
)
from roundtag.stocktakes import reports
from roundtag.stocktakes.scope import in_view, lock, room_of
from roundtag.words import N_

SCOPES: dict[str, Any] = {"client": Client, "site": Site, "building": Building, "room": Room}
REASONS = ("repair", "lent", "disposed", "other")
LONGEST_NAME = 80
LONGEST_KEY = 9
CLOSED = N_("This stocktake is closed.")


@dataclass(frozen=True)
class OpenStocktake:
    """`scope` with `place`, its key, says which rooms are to be counted.

    `blind`: whoever counts is not shown what is expected.
    """

    scope: str
    place: int
    name: str
    blind: bool = False


def read_opening(form: Fields) -> OpenStocktake:
    scope, _, key = form.raw("where").partition(":")
    if scope not in SCOPES or not (key.isascii() and key.isdecimal()) or len(key) > LONGEST_KEY:
        form.refuse("where", "unknown", N_("Choose what is to be counted."))
    name = form.text("name", required=N_("Give the stocktake a name."), limit=LONGEST_NAME)
    form.done()
    return OpenStocktake(scope, int(key), name or "", form.raw("blind") == "1")


def open_stocktake(command: OpenStocktake, deed: Deed) -> Outcome:
    """Opens a stocktake of all rooms of a client, a site, a building, or of one room."""
    model = SCOPES[command.scope]
    place = model.get_or_none(model.id == command.place)
    client = place and (place.id if command.scope == "client" else place.client_id)
    if place is None or not _in_view(client, deed.actor):
        raise invalid("where", "unknown", N_("Choose what is to be counted."))
    deed.require(client)
    made = deed.create(
        Stocktake,
        client=client,
        scope=command.scope,
        place=command.place,
        name=command.name,
        blind=command.blind,
        opened_at=deed.received_at,
        opened_by=deed.person_id,
    )
    return Outcome(N_("The stocktake is open. Phones fetch its rooms by themselves."),
                   url=f"/stocktakes/{made.id}", subject_id=made.id)  # fmt: skip


def _in_view(client_id: int, actor: Actor) -> bool:
    return actor.client_ids is None or client_id in actor.client_ids


@dataclass(frozen=True)
class CloseStocktake:
    stocktake_id: int


def close_stocktake(command: CloseStocktake, deed: Deed) -> Outcome:
    """Closes it for good: its report is kept as it stands; lists that come later are kept apart."""
    found = in_view(command.stocktake_id, deed.actor)
    deed.require(found.client_id)
    still_open = (Stocktake.id == found.id) & Stocktake.closed_at.is_null()
    mine = deed.claim(Stocktake, still_open, closed_at=deed.received_at, closed_by=deed.person_id)
    if not mine:
        return Outcome(N_("This stocktake was closed before."), _url(found), "conflict",
                       subject_id=found.id)  # fmt: skip
    # Read after the claim: who counts takes the same lock, so nothing falls between the two.
    result = reports.frozen(found)
    deed.change(mine[0], result=result, digest=documents.data_digest(result))
    return Outcome(N_("The stocktake is closed. Its report stays as it is now."), _url(found),
                   subject_id=found.id)  # fmt: skip


def _url(stocktake: Stocktake) -> str:
    return f"/stocktakes/{stocktake.id}"


@dataclass(frozen=True)
class ExplainMissing:
    stocktake_id: int
    device_id: int | None
    kind: str
    note: str | None = None


def read_reason(form: Fields, stocktake_id: int) -> ExplainMissing:
    kind = form.choice("kind", REASONS, required=N_("Say why it is not there.")) or ""
    note = form.text("note")
    if kind == "other" and not note:
        form.refuse("note", "required", N_("Say in a few words why it is not there."))
    device = form.whole("device")
    form.done()
    return ExplainMissing(stocktake_id, device, kind, note)


def explain_missing(command: ExplainMissing, deed: Deed) -> Outcome:
    """Says why a device was not found; it stays missing, and the report bears the reason."""
    stocktake = in_view(command.stocktake_id, deed.actor)
    deed.require(stocktake.client_id)
    device = _device(command.device_id, stocktake)
    lock(stocktake)
    if Stocktake.get_by_id(stocktake.id).closed_at:
        return Outcome(CLOSED, _url(stocktake), "conflict", subject_id=stocktake.id)
    row = deed.create(
        StocktakeReason,
        client=stocktake.client_id,
        stocktake=stocktake,
        device=device,
        kind=command.kind,
        note=command.note,
        person=deed.person_id,
        at=deed.received_at,
    )
    return Outcome(N_("The reason stands in the report."), _url(stocktake), subject_id=row.id)


def _device(device_id: int | None, stocktake: Stocktake) -> Device:
    same = (Device.id == (device_id or 0)) & (Device.client == stocktake.client_id)
    found = Device.get_or_none(same)
    if found is None:
        raise NotFound
    return found


def move_here(command_id: str, stocktake_id: int, device_id: int | None, room_id: int | None,
              actor: Actor) -> Receipt:  # fmt: skip
    """Enters a device in the room where it was seen. Raises NotFound, Forbidden."""
    stocktake = in_view(stocktake_id, actor)
    device = _device(device_id, stocktake)
    room = room_of(room_id, stocktake)
    order = devices.MoveDevice(device.code, stocktake.client.code, room.code)
    return commands.run(command_id, devices.move_device, order, actor)
