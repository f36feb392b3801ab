"""Opening a count, and saying why something differs."""

from dataclasses import dataclass

from roundtag import stock
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import DeviceModel, Store, StoreCount, StoreCountLine, StoreCountReason, Unit
from roundtag.storecounts.scope import in_view, lock, require
from roundtag.storecounts.spelling import LONGEST_SERIAL, serial_key
from roundtag.words import N_

REASONS = ("no-slip", "broken", "miscounted", "misplaced", "not-booked", "other")
LONGEST_NAME = 80
CLOSED = N_("This count is closed.")
CHOOSE_STORE = N_("Choose the store that is counted.")


@dataclass(frozen=True)
class OpenStoreCount:
    """`blind`: whoever counts is not shown what is expected."""

    store_id: int
    name: str
    blind: bool = True


def read_opening(form: Fields) -> OpenStoreCount:
    store = form.whole("store")
    if not store:
        form.refuse("store", "required", CHOOSE_STORE)
    name = form.text("name", required=N_("Give the count a name."), limit=LONGEST_NAME)
    form.done()
    return OpenStoreCount(store or 0, name or "", form.raw("blind") == "1")


def open_store_count(command: OpenStoreCount, deed: Deed) -> Outcome:
    """Opens a count of a store; a store has one at a time, and a retired one none."""
    store = _store(command.store_id, deed)
    require(deed, store)
    Store.update(id=Store.id).where(Store.id == store.id).execute()  # two who open come in turn
    under_way = (StoreCount.store == store.id) & StoreCount.closed_at.is_null()
    before = StoreCount.get_or_none(under_way)
    if before:
        return Outcome(N_("%(store)s is being counted already."), _url(before), "conflict",
                       values={"store": store.name}, subject_id=before.id)  # fmt: skip
    made = deed.create(
        StoreCount,
        store=store,
        name=command.name,
        blind=command.blind,
        opened_at=deed.received_at,
        opened_by=deed.person_id,
    )
    return Outcome(N_("The count is open. Phones fetch its page by themselves."), _url(made),
                   subject_id=made.id)  # fmt: skip


def _store(store_id: int, deed: Deed) -> Store:
    try:
        found = stock.store_in_view(store_id, deed.actor)
    except NotFound as gone:
        raise invalid("store", "unknown", CHOOSE_STORE) from gone
    if found.retired_at is not None:
        raise invalid("store", "retired", N_("%(store)s is given up. Choose a store in use."),
                      store=found.name)  # fmt: skip
    return found


def _url(count: StoreCount) -> str:
    return f"/stock/counts/{count.id}"


@dataclass(frozen=True)
class ExplainStoreDifference:
    """About one of a unit, a counted model, or a serial number that nobody knows."""

    count_id: int
    kind: str
    unit_id: int | None = None
    model_id: int | None = None
    serial: str = ""
    note: str | None = None


def read_reason(form: Fields, count_id: int) -> ExplainStoreDifference:
    kind = form.choice("kind", REASONS, required=N_("Say why it differs.")) or ""
    note = form.text("note")
    if kind == "other" and not note:
        form.refuse("note", "required", N_("Say in a few words why it differs."))
    unit, model = form.whole("unit"), form.whole("model")
    serial = serial_key(form.text("serial", limit=LONGEST_SERIAL) or "")
    if sum(map(bool, (unit, model, serial))) != 1:
        form.refuse("kind", "subject", N_("Choose the difference that this explains."))
    form.done()
    return ExplainStoreDifference(count_id, kind, unit, model, serial, note)


def explain_store_difference(command: ExplainStoreDifference, deed: Deed) -> Outcome:
    """Says why something differs; it still does, and the report bears the reason."""
    count = in_view(command.count_id, deed.actor)
    require(deed, count.store)
    _subject(command, count)
    if lock(count).closed_at:
        return Outcome(CLOSED, _url(count), "conflict", subject_id=count.id)
    row = deed.create(
        StoreCountReason,
        count=count,
        unit=command.unit_id,
        model=command.model_id,
        serial=command.serial,
        kind=command.kind,
        note=command.note,
        person=deed.person_id,
        at=deed.received_at,
    )
    return Outcome(N_("The reason stands in the report."), _url(count), subject_id=row.id)


def _subject(command: ExplainStoreDifference, count: StoreCount) -> None:
    """Raises NotFound for what this count has nothing to do with."""
    listed = StoreCountLine.select().where(StoreCountLine.count == count.id)
    if command.unit_id:
        here = Unit.select().where((Unit.id == command.unit_id) & (Unit.store == count.store_id))
        known = here.exists() or listed.where(StoreCountLine.unit == command.unit_id).exists()
    elif command.model_id:
        known = DeviceModel.get_or_none(DeviceModel.id == command.model_id) is not None
    else:
        known = listed.where(StoreCountLine.serial == command.serial).exists()
    if not known:
        raise NotFound
