"""What lies in stores: a depot, a cabinet at each client, and slips of what was used up."""

from datetime import timedelta
from typing import Any

from roundtag import clock, demo_stock, numbers
from roundtag.db import write
from roundtag.growing.book import Book
from roundtag.growing.clients import Customer, run
from roundtag.growing.register import Stand
from roundtag.growing.size import Size
from roundtag.models import History, StockMovement, StockSlip
from roundtag.stock import levels
from roundtag.storekeeping import catalogue, rules, stores

PER_USE = 20
"""Devices per slip of something that was used up."""
KEPT = 50
"""Pieces that are left of each part."""
BATCH = 1_000
Values = dict[str, Any]


def parts() -> list[int]:
    """What is only counted, with its depot; the keys of the parts."""
    depot = run("depot", stores.save_store, stores.SaveStore(None, "DEPOT", demo_stock.DEPOT))
    keys = []
    for key, kind, maker, name, use, price, origin in demo_stock.COUNTED:
        order = catalogue.SavePart(None, kind, maker, name, tracking=catalogue.COUNT,
                                   consumable=use, price=price, origin=origin)  # fmt: skip
        keys.append(run(f"part-{key}", catalogue.save_part, order))
    for part in keys:
        run(f"rule-{part}", rules.set_rule, rules.SetRule(depot, part, 10))
        run(f"held-{part}", rules.set_opening_balance, rules.SetOpeningBalance(depot, part, KEPT))
    return keys


def fill(size: Size, who: Customer, stands: list[Stand], parts: list[int]) -> int:
    """The client's cabinet and its slips; returns how many lines of history they left."""
    dice = size.dice(f"stock-{who.number}")
    order = stores.SaveStore(None, f"{who.code}-01", f"{who.code} 备件柜", stores.SITE, who.id)
    cabinet = run(f"cabinet-{who.number}", stores.save_store, order)
    used = [(dice.choice(parts), dice.choice(stands)) for _ in range(-(-len(stands) // PER_USE))]
    with write():
        book = Book(dice)
        _delivered(book, size, who, cabinet, parts, used)
        book.close()
    for start in range(0, len(used), BATCH):
        with write():
            book = Book(dice)
            _used(book, size, who, cabinet, used[start : start + BATCH])
            book.close()
    return len(used)


def _delivered(book: Book, size: Size, who: Customer, cabinet: int, parts: list[int],
               used: list[tuple[int, Stand]]) -> None:  # fmt: skip
    """One delivery of all that was used and is left."""
    deed = book.deed("file_slip", who.since, store=cabinet)
    slip = book.write(StockSlip, [(deed, {
        "number": _numbers(who, 1)[0], "kind": "receive", "store": cabinet, "client": who.id,
        "submission": deed.id, "at": who.since})])[0]  # fmt: skip
    book.write(StockMovement, (
        (deed, {"model": part, "quantity": KEPT + sum(one == part for one, _ in used),
                "from_place": "supplier", "to_place": "store", "to_key": cabinet,
                "reason": "receive", "slip": slip["id"], "at": who.since})
        for part in parts))  # fmt: skip


def _used(book: Book, size: Size, who: Customer, cabinet: int,
          used: list[tuple[int, Stand]]) -> None:  # fmt: skip
    """A slip each: one piece, at one device."""
    days = (size.now - who.since).days
    times = sorted(who.since + timedelta(seconds=book.dice.randrange(days * 86_400)) for _ in used)
    deeds = [book.deed("use_part", at, who.engineer, tag=one.tag, model=part)
             for (part, one), at in zip(used, times, strict=True)]  # fmt: skip
    slips = book.write(StockSlip, [
        (deed, {"number": number, "kind": "use", "store": cabinet, "client": who.id,
                "device": one.id, "person": who.engineer, "submission": deed.id,
                "at": deed.received_at})
        for deed, (_, one), number in zip(deeds, used, _numbers(who, len(used)), strict=True)
    ])  # fmt: skip
    rows = list(zip(deeds, used, slips, strict=True))
    book.write(StockMovement, (
        (deed, {"model": part, "from_place": "store", "from_key": cabinet, "to_place": "used",
                "to_key": one.id, "reason": "use", "slip": slip["id"], "person": who.engineer,
                "at": deed.received_at})
        for deed, (part, one), slip in rows))  # fmt: skip
    book.write(History, (
        (deed, {"client": who.id, "room": one.room, "device": one.id, "kind": "used",
                "subject_id": slip["id"], "person": who.engineer, "at": deed.received_at,
                "data": {"number": slip["number"], "parts": [], "undone": False}})
        for deed, (_, one), slip in rows))  # fmt: skip


def _numbers(who: Customer, count: int) -> list[str]:
    """SL-YY-NNNN of the year in which the contract began, counted on."""
    year = f"{clock.local(who.since):%y}"
    last = numbers.count(f"slip-{year}", count)
    return [f"SL-{year}-{number:04d}" for number in range(last - count + 1, last + 1)]


def recount() -> None:
    """The levels by all movements and units."""
    with write():
        levels.recount()
