"""What is used up at a device, filed there with or without network."""

from dataclasses import dataclass

from roundtag import conflicts, stock, tagging
from roundtag.commands import Deed, Outcome, Photo
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Device, DeviceModel, Fault, StockLevel, Store
from roundtag.slips import bags, filing, parts, routes
from roundtag.slips.kinds import KINDS
from roundtag.slips.orders import FileSlip, quantity
from roundtag.slips.routes import Route
from roundtag.stock import Line, Spot
from roundtag.words import N_

FORM = "use"
SHORT = "stock-short"
UNDONE = N_("Nothing was booked: the store holds %(found)s. The office will settle it.")
NAMES_ONE = N_("Choose the part and where it comes from.")


@dataclass(frozen=True)
class UsePart:
    """`store_id`: out of which store, an engineer's own bag first."""

    tag: str
    model_id: int
    quantity: int
    store_id: int
    fault_id: int | None = None
    note: str | None = None


def read(form: Fields, photos: tuple[Photo, ...]) -> UsePart:
    """`source`: store and part in one choice, as the page lists what lies where."""
    store, _, part = form.raw("source").partition(":")
    pieces = quantity(form, "quantity")
    command = UsePart(form.raw("tag"), _key(part), pieces, _key(store), form.whole("fault"),
                      form.text("note"))  # fmt: skip
    if not (command.model_id and command.store_id):
        form.refuse("source", "required", NAMES_ONE)
    form.done()
    return command


def _key(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


VERSIONS = {"1": read}


def use_part(command: UsePart, deed: Deed) -> Outcome:
    """Books a part as used at a device. Where the store holds too few, nothing is booked and a
    person settles it."""
    place, device = tagging.device_by_tag(command.tag, deed.actor)
    deed.require(device.client_id)
    store = _store(command.store_id, device, deed)
    conflicts.mark(deed, command.tag, place)
    done, have = use_at(command, deed, device, store)
    if done:
        return done
    part = _part(command.model_id)
    row = conflicts.file(deed, SHORT, device, f"{parts.title(part)} × {command.quantity}",
                         f"{store.name}: {have}")  # fmt: skip
    return Outcome(UNDONE, f"/t/{command.tag}", "conflict", {"found": row.found}, row.id)


def _store(store_id: int, device: Device, deed: Deed) -> Store:
    try:
        store = stock.store_in_view(store_id, deed.actor)
    except NotFound as unknown:
        raise invalid("source", "unknown", NAMES_ONE) from unknown
    if not routes.serves(store, device, deed):
        raise invalid("source", "other", N_("Nothing is used at this device out of that store."))
    return store


def _part(model_id: int) -> DeviceModel:
    model = DeviceModel.get_or_none(DeviceModel.id == model_id)
    if model is None or model.tracking != "count":
        raise invalid("source", "unknown", NAMES_ONE)
    return model


def use_at(command: UsePart, deed: Deed, device: Device,
           store: Store) -> tuple[Outcome | None, int]:  # fmt: skip
    """What was done; nothing, with how many pieces there are, when there are too few."""
    part = _part(command.model_id)
    have = stock.hold_levels([(store.id, part.id)])[store.id, part.id]
    if have < command.quantity:
        return None, have
    source, target = Spot(stock.STORE, store.id), Spot(stock.USED, device.id)
    pieces = ((part.id, command.quantity),)
    order = FileSlip("use", store.id, pieces=pieces, note=command.note)
    route = Route(KINDS["use"], store, source, target, client_id=device.client_id, device=device)
    fault = _fault(command, device)
    more = {"fault": fault.id} if fault else {}
    slip = filing.write(deed, order, route, None, **more)
    line = Line(source, target, model_id=part.id, quantity=command.quantity)
    stock.move_all(deed, [line], "use", slip)
    filing.note_use(deed, device, slip, pieces)
    told = {"part": parts.title(part), "count": command.quantity, "number": slip.number}
    return Outcome(N_("Used: %(part)s × %(count)s (%(number)s)."), f"/t/{command.tag}",
                   values=told, subject_id=slip.id), have  # fmt: skip


def _fault(command: UsePart, device: Device) -> Fault | None:
    """The fault that the form names, when it is this device's."""
    if command.fault_id is None:
        return None
    return Fault.get_or_none((Fault.id == command.fault_id) & (Fault.device == device.id))


def use_out_of(command: UsePart, deed: Deed, device: Device, store_id: int) -> bool:
    """As it was filed, out of a store that the office names: whether that holds enough."""
    serving = Store.client.is_null() | (Store.client == device.client_id)
    store = Store.get_or_none((Store.id == store_id) & serving)
    return store is not None and use_at(command, deed, device, store)[0] is not None


MOST_PARTS = 30


@dataclass(frozen=True)
class PartLine:
    """Pieces of a part that lie in a store, for use at a device; `mine`: in one's own bag."""

    store_id: int
    model_id: int
    name: str
    store: str
    mine: bool
    quantity: int

    @property
    def value(self) -> str:
        return f"{self.store_id}:{self.model_id}"


def parts_for(device: Device, person_id: int | None) -> list[PartLine]:
    """Counted parts of the device's kind in one's own bag, then in its client's stores; one
    query."""
    own = (Store.kind == bags.BAG) & (Store.person == (person_id or 0))
    query = (
        StockLevel.select(StockLevel, Store, DeviceModel)
        .join(Store).switch(StockLevel).join(DeviceModel)
        .where((StockLevel.quantity > 0) & (DeviceModel.tracking == "count"))
        .where(DeviceModel.category == device.category)
        .where((own | (Store.client == device.client_id)) & Store.retired_at.is_null())
        .order_by(own.desc(), DeviceModel.maker, DeviceModel.name, Store.code)
        .limit(MOST_PARTS)
    )  # fmt: skip
    return [
        PartLine(row.store_id, row.model_id, parts.title(row.model), row.store.name,
                 row.store.kind == bags.BAG, row.quantity)
        for row in query
    ]  # fmt: skip


def holding(model_id: int, client_id: int) -> list[tuple[int, str, int]]:
    """Stores that hold a part and may serve a client: key, name, pieces."""
    query = (
        StockLevel.select(StockLevel, Store).join(Store)
        .where((StockLevel.model == model_id) & (StockLevel.quantity > 0))
        .where(Store.client.is_null() | (Store.client == client_id))
        .order_by(Store.code).limit(100)
    )  # fmt: skip
    return [(row.store_id, row.store.name, row.quantity) for row in query]
