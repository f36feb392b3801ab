"""Repair orders on their way, for tests of the library and of pages."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from roundtag import clock, links, quotes, repairs, stock
from roundtag.access import ATTENDEE, Actor
from roundtag.commands import Receipt
from roundtag.models import Quote, RepairEvent, RepairOrder, Store, Swap, Unit
from tests.world import World, deliver, run, swap_form

LINES = ({"kind": "parts", "words": "主板", "quantity": "1", "price": "1280.00"},
         {"kind": "labour", "words": "人工", "quantity": "1.5", "price": "200.10"})  # fmt: skip
TOTAL = "1580.15"


@dataclass
class Bench:
    """One client's orders; `keeper` may do all that the store does, `client` decides."""

    world: World
    keeper: Actor
    client: Actor

    def open(self, device: int = 0, **more: str) -> int:
        """An order of the unit that a swap took out of a device; its key."""
        form = swap_form(
            self.world, device, note="不亮", new_serial=f"SP{self.world.code}{device + 1}"
        )
        receipt = deliver("swap", {**form, **more}, self.world.engineer)
        assert receipt.outcome == "done", receipt
        swap = Swap.get_by_id(receipt.subject_id)
        return int(RepairOrder.get(RepairOrder.unit == swap.old_unit_id).id)

    def order(self, key: int) -> RepairOrder:
        return RepairOrder.get_by_id(key)

    @property
    def store(self) -> Store:
        return Store.get(Store.client == self.world.client_id)

    def decide(self, key: int, route: str = "quote", who: Actor | None = None,
               **more: Any) -> Receipt:  # fmt: skip
        command = repairs.DecideRoute(key, route, more.pop("maker", "爱普生"), **more)
        return run(repairs.decide_route, command, who or self.keeper)

    def draft(self, key: int, lines: Any = LINES, who: Actor | None = None, days: int = 30,
              **more: Any) -> Receipt:  # fmt: skip
        last = quotes.latest("repair", key)
        seen = quotes.digest(last) if last and last.state == "draft" else ""
        until = clock.local_day(clock.now()) + timedelta(days=days)
        command = quotes.SaveQuote("repair", key, lines, until, **{"seen": seen, **more})
        return run(quotes.save_quote, command, who or self.keeper)

    def offer(self, key: int, who: Actor | None = None, **more: Any) -> int:
        """Writes a quote, offers it, and returns its key."""
        self.draft(key, **more)
        row = quotes.latest("repair", key)
        assert row
        receipt = self.put(row, who)
        assert receipt.outcome == "done", receipt
        return int(row.id)

    def put(self, row: Quote, who: Actor | None = None) -> Receipt:
        return run(quotes.offer_quote, quotes.OfferQuote(row.id, quotes.digest(row)),
                   who or self.keeper)  # fmt: skip

    def answer(self, quote: int, decision: str = "approved", who: Actor | None = None,
               **more: Any) -> Receipt:  # fmt: skip
        values = {"seen": quotes.digest(Quote.get_by_id(quote)), "signer": "陈敏",
                  "note": None if decision == "approved" else "太贵", **more}  # fmt: skip
        command = quotes.DecideQuote(quote, decision=decision, **values)
        return run(quotes.decide_quote, command, who or self.client)

    def answer_by_link(self, quote: int, secret: str, decision: str = "approved",
                       **more: Any) -> Receipt:  # fmt: skip
        values = {"seen": quotes.digest(Quote.get_by_id(quote)), "signer": "陈敏",
                  "note": None if decision == "approved" else "太贵", **more}  # fmt: skip
        command = quotes.QuoteByLink(quote, decision=decision, secret_link=secret, **values)
        return run(quotes.quote_by_link, command, ATTENDEE)

    def link(self, quote: int) -> str:
        return links.grant(quotes.PURPOSE, quote, clock.now())

    def send(self, key: int, who: Actor | None = None, carrier: str = "顺丰") -> Receipt:
        return run(
            repairs.send_repair, repairs.SendRepair(key, "M-77", carrier), who or self.keeper
        )

    def receive(self, key: int, serial: str = "", who: Actor | None = None,
                **more: Any) -> Receipt:  # fmt: skip
        command = repairs.ReceiveRepair(key, more.pop("store", self.store.id), serial, **more)
        return run(repairs.receive_repair, command, who or self.keeper)

    def test(self, key: int, result: str = "ok", then: str = "store",
             who: Actor | None = None) -> Receipt:  # fmt: skip
        ok = result == "ok"
        command = repairs.TestRepair(key, result, None if ok else "还是不亮", then if ok else "")
        return run(repairs.test_repair, command, who or self.keeper)

    def end(self, key: int, how: str, note: str | None = "无修复价值") -> Receipt:
        return run(repairs.end_repair, repairs.EndRepair(key, how, note), self.keeper)

    def cancel(self, key: int, store: int | None = -1, note: str | None = "不修了") -> Receipt:
        place = self.store.id if store == -1 else store
        return run(repairs.cancel_repair, repairs.CancelRepair(key, note, place), self.keeper)

    def to(self, state: str, device: int = 0) -> int:
        """An order brought to a state by the shortest way."""
        key = self.open(device)
        if state == "opened":
            return key
        priced = state in ("quoting", "offered", "approved", "refused")
        self.decide(key, "quote" if priced else "warranty")
        if state in ("offered", "approved", "refused"):
            quote = self.offer(key)
            if state != "offered":
                self.answer(quote, state)
        elif state not in ("quoting", "decided"):
            self.send(key)
            if state != "sent":
                self.receive(key)
            if state == "failed":
                self.test(key, "failed")
            elif state in ("tested", "ended"):
                self.test(key, then="store" if state == "ended" else "")
        assert self.order(key).state == state
        return key

    def ask(self, key: int, until: date, who: Actor | None = None) -> Receipt:
        return run(repairs.ask_extension, repairs.AskExtension(key, until, "缺件"),
                   who or self.keeper)  # fmt: skip

    def extend(self, key: int, decision: str = "approved", who: Actor | None = None,
               **more: Any) -> Receipt:  # fmt: skip
        values = {"seen": self.asked(key), "signer": "陈敏",
                  "note": None if decision == "approved" else "等不了", **more}  # fmt: skip
        command = repairs.DecideExtension(key, decision=decision, **values)
        return run(repairs.decide_extension, command, who or self.client)

    def asked(self, key: int) -> int:
        asked = (RepairEvent.repair == key) & (RepairEvent.kind == "extension_asked")
        return int(RepairEvent.select().where(asked).order_by(RepairEvent.id.desc()).get().id)

    def kinds(self, key: int) -> list[str]:
        query = RepairEvent.select().where(RepairEvent.repair == key).order_by(RepairEvent.id)
        return [row.kind for row in query]


def bench(world: World) -> Bench:
    return Bench(world, world.manager, world.viewer)


def place_of(unit: Unit | int) -> str:
    return str(Unit.get_by_id(unit if isinstance(unit, int) else unit.id).place)


def all_adds_up() -> bool:
    return stock.problems() == []
