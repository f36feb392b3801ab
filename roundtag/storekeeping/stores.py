"""Stores: the provider's depots, what lies at a client's site, and the bags of engineers."""

from dataclasses import dataclass

from peewee import fn

from roundtag import clock, people
from roundtag.access import STAFF, STOREKEEPERS, Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import Forbidden, invalid
from roundtag.fields import Fields
from roundtag.models import Client, DeviceModel, Grant, Person, StockLevel, Store
from roundtag.stock import in_view, store_in_view
from roundtag.storekeeping import digests
from roundtag.words import N_

DEPOT, SITE, BAG = "depot", "client", "bag"
KINDS = {DEPOT: N_("Depot"), SITE: N_("At the client's site"), BAG: N_("An engineer's bag")}
COLUMNS = ("code", "name", "kind", "client", "person", "address", "retired_at")
RETIRED = N_("This store is out of use.")
SHOWN = 5


@dataclass(frozen=True)
class SaveStore:
    """`seen`: the digest of the store that the form had shown; without `store_id` it is new."""

    store_id: int | None
    code: str
    name: str
    kind: str = DEPOT
    client_id: int | None = None
    person_id: int | None = None
    address: str = ""
    seen: str = ""


def read(form: Fields, store_id: int | None = None) -> SaveStore:
    kind = form.choice("kind", KINDS, required=N_("Say what kind of store it is.")) or DEPOT
    command = SaveStore(
        store_id,
        form.text("code", limit=40, required=N_("Give a short code.")) or "",
        form.text("name", limit=80, required=N_("Give the store a name.")) or "",
        kind,
        form.whole("client") if kind != DEPOT else None,
        form.whole("person") if kind == BAG else None,
        form.text("address", limit=200) or "",
        form.raw("seen"),
    )
    if kind == SITE and command.client_id is None:
        form.refuse("client", "required", N_("Say at whose site it is."))
    if kind == BAG and command.person_id is None:
        form.refuse("person", "required", N_("Say who carries it."))
    form.done()
    return command


def digest(store: Store | None) -> str:
    return digests.of(store, *COLUMNS)


@dataclass(frozen=True)
class Record:
    """A store as its form shows it. `seen`: the digest of this state."""

    code: str = ""
    name: str = ""
    kind: str = DEPOT
    client_id: int | None = None
    person_id: int | None = None
    address: str = ""
    seen: str = ""


def record(store_id: int | None, actor: Actor) -> Record:
    """What a form begins with; a new store is empty. Raises NotFound."""
    if store_id is None:
        return Record()
    row = store_in_view(store_id, actor)
    return Record(row.code, row.name, row.kind, row.client_id, row.person_id, row.address,
                  digest(row))  # fmt: skip


def hold(store_id: int, deed: Deed) -> Store:
    """A store in view under its lock: whoever moves something into it waits until the deed is done.
    Raises NotFound."""
    store_in_view(store_id, deed.actor)
    Store.update(id=Store.id).where(Store.id == store_id).execute()
    return Store.get_by_id(store_id)


def handles(store: Store, deed: Deed) -> None:
    """Refuses who has no right to the deed at the store: those of its client, or of the whole
    provider for its own. An engineer's own bag is theirs."""
    if not carries(store, deed.person_id):
        deed.require(store.client_id)


def carries(store: Store, person_id: int | None) -> bool:
    return store.kind == BAG and person_id is not None and store.person_id == person_id


def keeps(store: Store, deed: Deed) -> None:
    """As `handles`, for what only a storekeeper lays down."""
    handles(store, deed)
    actor = deed.actor
    if not (actor.system or carries(store, deed.person_id)
            or STOREKEEPERS & actor.roles_at(store.client_id)):  # fmt: skip
        raise Forbidden


def save_store(command: SaveStore, deed: Deed) -> Outcome:
    """A new store or a changed one; what somebody else changed meanwhile is not overwritten."""
    store = hold(command.store_id, deed) if command.store_id else None
    if store:
        deed.require(store.client_id)
    deed.require(command.client_id)
    url = f"/stock/stores/{store.id}" if store else ""
    if store and command.seen != digest(store):
        return Outcome(digests.OVERTAKEN, url, "conflict", subject_id=store.id)
    _check(command, deed, store)
    values = {"code": command.code, "name": command.name, "kind": command.kind,
              "client": command.client_id, "person": command.person_id,
              "address": command.address}  # fmt: skip
    kept = deed.change(store, **values) if store else deed.create(Store, **values)
    return Outcome(N_("%(name)s is saved."), f"/stock/stores/{kept.id}",
                   values={"name": kept.name}, subject_id=kept.id)  # fmt: skip


def _check(command: SaveStore, deed: Deed, store: Store | None) -> None:
    if store and store.retired_at:
        raise invalid("name", "retired", RETIRED)
    # Files name a store by its name or its code: no other one may answer to a new one.
    was = {store.code, store.name} if store else set()
    named = {word.lower() for word in (command.code, command.name) if word not in was}
    taken = fn.LOWER(Store.code).in_(named) | fn.LOWER(Store.name).in_(named)
    other = Store.select().where(taken & (Store.id != (store.id if store else 0))).first()
    if named and other:
        field = "code" if other.code.lower() == command.code.lower() else "name"
        if not in_view(deed.actor, Store.select().where(Store.id == other.id)).exists():
            raise invalid(field, "taken", N_("Another store goes by this already."))
        raise invalid(field, "taken", N_("The store %(name)s (%(short)s) goes by this already."),
                      name=other.name, short=other.code)  # fmt: skip
    if command.client_id and command.client_id not in {c.id for c in _clients(deed)}:
        raise invalid("client", "unknown", N_("Choose one of the list."))
    if command.person_id and command.person_id not in {p.id for p in carriers(deed.actor)}:
        raise invalid("person", "unknown", N_("Choose one of the list."))
    if store and store.client_id and store.client_id != command.client_id and lies_in(store.id):
        message = N_("Things of this client lie here. Empty the store before it changes hands.")
        raise invalid("client", "holds", message)


def _clients(deed: Deed) -> list[Client]:
    return list(visible(deed.actor, Client.select(), Client.id))


def carriers(actor: Actor) -> list[Person]:
    """Who may carry a bag: everybody who works for the provider, as far as the actor works with
    them; names of those who serve other clients only are not shown."""
    now = clock.now()
    at_work = people.granted(now, Grant.person).where(Grant.role.in_(sorted(STAFF)))
    query = Person.select().where(Person.active & Person.id.in_(at_work))
    if actor.client_ids is not None:
        query = query.where(Person.id.in_(people.working_for(actor.client_ids, now)))
    return list(query.order_by(Person.username))


@dataclass(frozen=True)
class RetireStore:
    store_id: int


def retire_store(command: RetireStore, deed: Deed) -> Outcome:
    """Takes an empty store out of use; one that holds something says what."""
    store = hold(command.store_id, deed)
    deed.require(store.client_id)
    url = f"/stock/stores/{store.id}"
    if store.retired_at:
        return Outcome(N_("It was out of use before."), url, "conflict", subject_id=store.id)
    if held := lies_in(store.id):
        what = ", ".join(held[:SHOWN]) + (" …" if len(held) > SHOWN else "")
        return Outcome(N_("It is not empty: %(what)s. Move this first."), url, "conflict",
                       {"what": what}, store.id)  # fmt: skip
    deed.change(store, retired_at=deed.received_at)
    return Outcome(N_("%(name)s is out of use."), "/stock/stores", values={"name": store.name},
                   subject_id=store.id)  # fmt: skip


def lies_in(store_id: int) -> list[str]:
    """What a store holds, in words: `3 × EPSON ELPLP93`."""
    query = (
        StockLevel.select(StockLevel, DeviceModel)
        .join(DeviceModel)
        .where((StockLevel.store == store_id) & (StockLevel.quantity > 0))
        .order_by(DeviceModel.maker, DeviceModel.name)
    )
    return [f"{row.quantity} × {row.model.maker} {row.model.name}" for row in query]
