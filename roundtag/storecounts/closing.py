"""Closing a count: its report is frozen, and the books say from then on what was counted.

Locks are taken as everywhere: units in their order, then what stores hold. Judged once to know
which units to hold, and once more when nobody else can move them.
"""

from dataclasses import dataclass, replace

from roundtag import documents, numbers, stock
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.fields import Fields
from roundtag.models import StockLevel, StockSlip, Store, StoreCount, Unit
from roundtag.stock import levels
from roundtag.storecounts import gathering, reports
from roundtag.storecounts.facts import Finding
from roundtag.storecounts.judging import judge
from roundtag.storecounts.scope import in_view, lock, may, require
from roundtag.storecounts.shape import Line, Result
from roundtag.words import N_

REASON = "count"
UNIT_OUTCOMES = frozenset({"missing", "elsewhere"})
TOUCHED = UNIT_OUTCOMES | {"shelf"}


@dataclass(frozen=True)
class CloseStoreCount:
    """`unexplained`: how many differences without a reason the person was told of and accepts."""

    count_id: int
    unexplained: int = 0


def read_closing(form: Fields, count_id: int) -> CloseStoreCount:
    """`confirm` is ticked by who closes with `unexplained` differences."""
    told = form.whole("unexplained") or 0
    form.done()
    return CloseStoreCount(count_id, told if form.raw("confirm") == "1" else 0)


def close_store_count(command: CloseStoreCount, deed: Deed) -> Outcome:
    """Closes it for good and books what differs; lists that come later are kept apart."""
    found = in_view(command.count_id, deed.actor)
    store, url = found.store, f"/stock/counts/{found.id}"
    require(deed, store)
    if lock(found).closed_at:
        return Outcome(N_("This count was closed before."), url, "conflict", subject_id=found.id)
    held = _hold(found, store)
    facts = gathering.facts(found)
    findings = judge(facts)
    result = reports.told(found, facts, findings)
    if not result.lists:
        raise invalid("lists", "none", N_("Nothing was counted yet: file a list first."))
    if result.unexplained != command.unexplained:
        raise invalid("confirm", "unexplained",
                      N_("Unexplained differences: %(count)s. Explain them, or confirm that the "
                         "count is closed with them."), count=result.unexplained)  # fmt: skip
    result = _book(deed, found, store, result, held)
    kept = reports.frozen(result)
    deed.change(found, closed_at=deed.received_at, closed_by=deed.person_id, result=kept,
                digest=documents.data_digest(kept))  # fmt: skip
    return _told(found, result, url)


def _told(count: StoreCount, result: Result, url: str) -> Outcome:
    if not result.slip:
        message = N_("The count is closed: the books need no correction.")
        return Outcome(message, url, subject_id=count.id)
    booked = sum(1 for line in result.lines if line.booked)
    return Outcome(N_("The count is closed. Slip %(number)s corrects the books: %(count)s lines."),
                   url, values={"number": result.slip, "count": booked},
                   subject_id=count.id)  # fmt: skip


def _hold(count: StoreCount, store: Store) -> dict[int, Unit]:
    """The units that may have to move, locked; then what their stores hold, all in one order."""
    first: list[Finding] = judge(gathering.facts(count))
    wanted = sorted(one.unit_id for one in first if one.unit_id and one.outcome in TOUCHED)
    held = {key: stock.hold(key) for key in wanted}
    stores = {store.id} | {unit.store_id for unit in held.values() if unit.store_id}
    rows = StockLevel.select().where(StockLevel.store << sorted(stores))
    for row in rows.order_by(StockLevel.store, StockLevel.model):
        same = (StockLevel.store == row.store_id) & (StockLevel.model == row.model_id)
        StockLevel.update(quantity=StockLevel.quantity).where(same).execute()
    return held


def _book(deed: Deed, count: StoreCount, store: Store, result: Result,
          held: dict[int, Unit]) -> Result:  # fmt: skip
    """Makes the books say what was counted, on one slip; tells each line what was booked."""
    moves = [_move(line, store, held) if _wants(line, deed, held) else None
             for line in result.lines]  # fmt: skip
    slip = _slip(deed, count, store) if any(moves) else None
    if slip:
        stock.move_all(deed, [move for move in moves if move], REASON, slip)
    lines = []
    for line, move in zip(result.lines, moves, strict=True):
        if line.outcome == "shelf" and line.unit_id in held:
            deed.change(held[line.unit_id], shelf=line.seen_on[-1])
        lines.append(replace(line, booked=_pieces(move)) if move else line)
    return replace(result, lines=lines, slip=slip.number if slip else "")


def _wants(line: Line, deed: Deed, held: dict[int, Unit]) -> bool:
    if line.outcome in ("fewer", "more"):
        return True
    unit = held.get(line.unit_id or 0)
    if unit is None or line.outcome not in UNIT_OUTCOMES:
        return False
    if line.outcome == "elsewhere" and unit.place == stock.STORE:
        return may(deed.actor, deed.name, Store.get_by_id(unit.store_id), deed.person_id)
    return True


def _slip(deed: Deed, count: StoreCount, store: Store) -> StockSlip:
    return deed.create(
        StockSlip,
        number=numbers.following("slip", "SL", deed.received_at),
        kind="adjust",
        store=store,
        client=store.client_id,
        person=deed.person_id,
        note=count.name,
        submission=deed.id,
        claimed_at=deed.claimed_at,
        at=deed.received_at,
    )


def _move(line: Line, store: Store, held: dict[int, Unit]) -> stock.Line | None:
    """What the books lack, or have too much of."""
    here, nowhere = stock.Spot(stock.STORE, store.id), stock.Spot(stock.ADJUSTMENT)
    if line.unit_id:
        target = nowhere if line.outcome == "missing" else here
        return stock.of_unit(held[line.unit_id], target,
                             shelf=line.seen_on[-1] if line.seen_on else "")  # fmt: skip
    model, more = line.model_id or 0, line.counted - line.expected
    if more < 0:  # what was drawn since cannot be taken a second time
        more = -min(-more, levels.of(store.id, model))
    ends = (nowhere, here) if more > 0 else (here, nowhere)
    return stock.Line(*ends, model_id=model, quantity=abs(more)) if more else None


def _pieces(move: stock.Line) -> int:
    """Pieces (or the unit) that the books have more or less now."""
    return -move.quantity if move.target.place == stock.ADJUSTMENT else move.quantity
