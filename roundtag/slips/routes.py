"""Where a slip takes things from and to, and whether whoever files it may."""

from dataclasses import dataclass

from roundtag import access, stock, tagging
from roundtag.access import Actor, visible
from roundtag.commands import Deed
from roundtag.errors import Forbidden, Gone, NotFound, invalid
from roundtag.models import Client, Device, Store
from roundtag.slips import bags
from roundtag.slips.kinds import CLIENT, DEVICE, KINDS, MORE, PERSON, STORE, Kind
from roundtag.slips.orders import FileSlip
from roundtag.stock import Spot
from roundtag.storekeeping import stores
from roundtag.words import N_


@dataclass(frozen=True)
class Route:
    """`store` keeps the slip; `other`: the second store, None while a bag is still to be made for
    `carrier`. `source` or `target` is None until then."""

    kind: Kind
    store: Store
    source: Spot | None
    target: Spot | None
    other: Store | None = None
    carrier: int | None = None
    client_id: int | None = None
    device: Device | None = None


def of(command: FileSlip, deed: Deed) -> Route:
    """Raises Invalid for what is missing, Forbidden, NotFound for what is out of view."""
    kind = KINDS.get(command.kind)
    if kind is None:
        raise NotFound
    store = stock.store_in_view(command.store_id, deed.actor)
    here = Spot(stock.STORE, store.id)
    if kind.partner == PERSON:
        return _with_bag(command, kind, deed, store)
    if kind.partner == DEVICE:
        return _to_device(command, kind, deed, store)
    access.require(deed.actor, kind.deed, store.client_id)
    if kind.partner == STORE:
        return _to_store(command, kind, deed, store)
    if kind.partner == CLIENT:
        client = _client(command, deed.actor, store)
        there = Spot(stock.CLIENT, client)
        ends = (there, _open(store)) if kind.brings else (here, there)
        return Route(kind, store, *ends, client_id=client)
    ends = {
        "receive": (Spot(stock.SUPPLIER), here),
        "scrap": (here, Spot(stock.SCRAP)),
        "adjust": (here, Spot(stock.ADJUSTMENT)),
    }[command.kind]
    if command.way == MORE:
        ends = ends[::-1]
    if ends[1] == here:
        _open(store)
    return Route(kind, store, *ends, client_id=store.client_id)


def _open(store: Store, field: str = "store") -> Spot:
    """A store as the place where things go."""
    if store.retired_at:
        raise invalid(field, "retired", N_("This store is not in use any more. Choose another."))
    return Spot(stock.STORE, store.id)


def _with_bag(command: FileSlip, kind: Kind, deed: Deed, store: Store) -> Route:
    """Into somebody's bag or out of it: one's own, or anybody's for who keeps the store."""
    carrier = command.person_id or deed.person_id
    keeper = deed.actor.may("move_stock", store.client_id)
    if carrier is None or not (keeper or carrier == deed.person_id):
        raise Forbidden
    if not keeper and not may_draw(deed.actor, store):
        raise Forbidden
    if store.kind == bags.BAG:
        raise invalid("store", "bag", N_("Choose a store, not a bag."))
    if keeper and carrier != deed.person_id:
        _require_carrier(carrier, deed.actor)
    here = Spot(stock.STORE, store.id)
    bag = bags.hold(carrier)
    if bag and bag.client_id and store.client_id not in (None, bag.client_id):
        raise invalid("person", "bag", N_("This person's bag is kept for another client."))
    there = Spot(stock.STORE, bag.id) if bag else None
    if command.kind == "draw":
        return Route(kind, store, here, there, bag, carrier, store.client_id)
    if there is None:
        raise invalid("person", "no-bag", N_("This person carries nothing."))
    return Route(kind, store, there, _open(store), bag, carrier, store.client_id)


def may_draw(actor: Actor, store: Store) -> bool:
    """Engineers take from the stores that they see: their client's, and the provider's own."""
    return actor.able("draw_stock") if store.client_id is None else actor.may(
        "draw_stock", store.client_id)  # fmt: skip


def _require_carrier(person_id: int, actor: Actor) -> None:
    if not bags.carries(person_id, actor):
        raise invalid("person", "unknown", N_("Choose one of the list."))


def _to_store(command: FileSlip, kind: Kind, deed: Deed, store: Store) -> Route:
    if command.other_store_id is None:
        raise invalid("other_store", "required", N_("Choose a store."))
    other = stock.store_in_view(command.other_store_id, deed.actor)
    if other.id == store.id:
        raise invalid("other_store", "same", N_("Choose another store than the one it lies in."))
    access.require(deed.actor, kind.deed, other.client_id)
    target = _open(other, "other_store")
    owner = store.client_id or other.client_id
    return Route(kind, store, Spot(stock.STORE, store.id), target, other, client_id=owner)


def _client(command: FileSlip, actor: Actor, store: Store) -> int:
    """The client whose hands are meant: at a client's own store there is no other."""
    wanted = store.client_id or command.client_id
    if wanted is None:
        raise invalid("client", "required", N_("Choose a client."))
    query = visible(actor, Client.select().where(Client.id == wanted), Client.id)
    if not query.exists():
        raise NotFound
    return wanted


def _to_device(command: FileSlip, kind: Kind, deed: Deed, store: Store) -> Route:
    device = device_of(command.device, deed.actor)
    access.require(deed.actor, kind.deed, device.client_id)
    if not serves(store, device, deed):
        raise invalid("store", "other", N_("Nothing is used at this device out of that store."))
    return Route(kind, store, Spot(stock.STORE, store.id), Spot(stock.USED, device.id),
                 client_id=device.client_id, device=device)  # fmt: skip


def serves(store: Store, device: Device, deed: Deed) -> bool:
    """Whether somebody may use things of a store at a device: the provider's and this client's,
    and of the bags their own."""
    if store.client_id not in (None, device.client_id):
        return False
    own = store.kind != bags.BAG or stores.carries(store, deed.person_id)
    return own or deed.actor.may("move_stock", store.client_id)


def device_of(text: str, actor: Actor) -> Device:
    """The device of a code as printed on its label, or of its number in the register."""
    if not text:
        raise invalid("device", "required", N_("Give the device's code or scan its label."))
    query = visible(actor, Device.select(), Device.client)
    rows = list(query.where(Device.code == text).limit(2))
    if len(rows) > 1:
        raise invalid("device", "ambiguous", N_("Several devices bear this code. Scan the label."))
    try:
        return rows[0] if rows else tagging.device_by_tag(text, actor)[1]
    except (NotFound, Gone) as unknown:
        raise invalid("device", "unknown", N_("No device bears this code.")) from unknown
