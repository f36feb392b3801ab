"""Shipments: gathered, sent in one deed or not at all, and a list that can be read and scanned."""

import io
import re

import openpyxl
import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from roundtag import ledger, repairs, shipments
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import Log, RepairOrder, Shipment, Unit
from tests.repairing import Bench, all_adds_up, bench, place_of
from tests.seeing import at_once, snapshot
from tests.world import World, person, run


@pytest.fixture
def at(world: World) -> Bench:
    return bench(world)


def gather(at: Bench, *keys: int, maker: str = "爱普生") -> int:
    order = shipments.OpenShipment(maker, keys, "上海市某路 1 号")
    receipt = run(shipments.open_shipment, order, at.keeper)
    assert receipt.outcome == "done", receipt
    return int(receipt.subject_id or 0)


def send(at: Bench, shipment: int, *seen: int):  # type: ignore[no-untyped-def]
    return run(shipments.send_shipment, shipments.SendShipment(shipment, "顺丰", "SF1", seen),
               at.keeper)  # fmt: skip


def two(at: Bench) -> tuple[int, int]:
    return at.to("decided"), at.to("approved", 1)


def test_all_of_it_leaves_in_one_deed(at: Bench) -> None:
    keys = two(at)
    shipment = gather(at, *keys)
    assert Shipment.get().number.startswith("SH-")
    assert at.send(keys[0]).outcome == "conflict"  # it leaves with its shipment
    assert send(at, shipment, *keys).outcome == "done"
    for key in keys:
        order = at.order(key)
        assert (order.state, order.shipment_id) == ("sent", shipment)
        assert place_of(order.unit_id) == "repair"
    assert send(at, shipment, *keys).outcome == "conflict"
    assert all_adds_up()
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]


def test_none_leaves_when_one_cannot(at: Bench) -> None:
    keys = two(at)
    shipment = gather(at, *keys)
    at.cancel(keys[1])
    before = snapshot()["repair_order"], snapshot()["shipment"]
    assert send(at, shipment, *keys).outcome == "conflict"
    assert (snapshot()["repair_order"], snapshot()["shipment"]) == before
    run(shipments.take_off_shipment, shipments.TakeOffShipment(shipment, keys[1]), at.keeper)
    assert send(at, shipment, keys[0]).outcome == "done"
    assert at.order(keys[1]).state == "ended"


def test_what_was_not_seen_is_not_sent(at: Bench) -> None:
    keys = two(at)
    shipment = gather(at, keys[0])
    order = shipments.AddToShipment(shipment, (keys[1],))
    assert run(shipments.add_to_shipment, order, at.keeper).outcome == "done"
    assert send(at, shipment, keys[0]).outcome == "conflict"
    taken = shipments.TakeOffShipment(shipment, keys[1])
    assert run(shipments.take_off_shipment, taken, at.keeper).outcome == "done"
    assert run(shipments.take_off_shipment, taken, at.keeper).outcome == "conflict"
    assert send(at, shipment, keys[0]).outcome == "done"
    assert run(shipments.add_to_shipment, order, at.keeper).outcome == "conflict"


def test_what_fails_goes_out_with_another_shipment(at: Bench) -> None:
    key = at.to("decided")
    send(at, gather(at, key), key)
    at.receive(key)
    at.test(key, "failed")
    assert [line.id for line in shipments.fitting(at.keeper, "爱普生")] == [key]
    second = gather(at, key)
    assert send(at, second, key).outcome == "done"
    assert place_of(at.order(key).unit_id) == "repair"
    assert all_adds_up()


def test_only_ready_orders_of_that_maker(at: Bench) -> None:
    opened, ready = at.to("opened"), at.to("decided", 1)
    order = shipments.OpenShipment("爱普生", (opened,))
    assert run(shipments.open_shipment, order, at.keeper).outcome == "conflict"
    with pytest.raises(Invalid):
        run(shipments.open_shipment, shipments.OpenShipment("松下", (ready,)), at.keeper)
    first = gather(at, ready)
    again = run(shipments.open_shipment, shipments.OpenShipment("爱普生", (ready,)), at.keeper)
    assert again.outcome == "conflict"
    assert at.order(ready).shipment_id == first
    assert shipments.makers(at.keeper) == []


def test_who_may_and_who_sees(at: Bench, other: World) -> None:
    key = at.to("decided")
    theirs = person("x-theirs", ("storekeeper", "client", other.client_id))
    with pytest.raises(NotFound):
        run(shipments.open_shipment, shipments.OpenShipment("爱普生", (key,)), theirs)
    with pytest.raises(Forbidden):
        run(shipments.open_shipment, shipments.OpenShipment("爱普生", (key,)), at.world.engineer)
    shipment = gather(at, key)
    order = shipments.SendShipment(shipment, "x", "", (key,))
    for call in (lambda: shipments.page(shipment, theirs),
                 lambda: run(shipments.send_shipment, order, theirs)):  # fmt: skip
        with pytest.raises(NotFound):
            call()
    assert shipments.lines(theirs)[0] == []
    assert [line.orders for line in shipments.lines(at.client)[0]] == [1]
    assert not shipments.page(shipment, at.client).may


# The packing list


def test_the_list_on_paper_is_read_and_scanned(at: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roundtag.shipments.packing.base_url", lambda: "https://av.example.com")
    keys = two(at)
    found = shipments.page(gather(at, *keys), at.keeper)
    for lang in ("zh", "en"):
        data = shipments.pdf(found, lang)  # type: ignore[arg-type]
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
        for word in (found.line.number, "SNA1", "SNA2", "爱普生", "上海市某路", "不亮"):
            assert word in text, (lang, word)
        assert ("Packing list" if lang == "en" else "装箱单") in text
        assert data == shipments.pdf(found, lang)  # type: ignore[arg-type]
        page = pypdfium2.PdfDocument(data)[0].render(scale=3).to_pil()
        codes = {code.text for code in zxingcpp.read_barcodes(page)}
        assert codes == {f"https://av.example.com/shipments/{found.line.id}",
                         *(f"https://av.example.com/repairs/{key}" for key in keys)}  # fmt: skip


def test_many_lines_go_over_pages_with_their_symbols(
    at: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roundtag.shipments.packing.base_url", lambda: "https://av.example.com")
    key = at.to("decided")
    found = shipments.page(gather(at, key), at.keeper)
    line = found.orders[0]
    lines = [type(line)(**{**vars(line), "id": n, "problem": "长" * 300}) for n in range(1, 31)]
    data = shipments.pdf(type(found)(**{**vars(found), "orders": lines}), "zh")
    pages = [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(data)]
    codes = {code.text for page in pages for code in zxingcpp.read_barcodes(page)}
    assert {f"https://av.example.com/repairs/{n}" for n in range(1, 31)} <= codes
    assert len(pages) > 1


def test_the_list_as_a_workbook_holds_no_formula(at: Bench) -> None:
    key = at.open(note="=HYPERLINK(1)")
    at.decide(key, "warranty")
    found = shipments.page(gather(at, key), at.keeper)
    book = openpyxl.load_workbook(io.BytesIO(shipments.xlsx(found, "zh")))
    rows = list(book.active.iter_rows())
    assert [cell.value for cell in rows[0]][:3] == ["返修单", "型号", "序列号"]
    assert rows[1][2].value == "SNA1"
    assert not [cell for row in rows for cell in row if cell.data_type == "f"]
    with pytest.raises(NotFound):
        shipments.file(found, "exe", "zh")


# Two at once


def test_sent_alone_and_with_its_shipment_at_once(fresh_world: World) -> None:
    at = bench(fresh_world)
    keys = two(at)
    shipment = gather(at, *keys)
    taken = shipments.TakeOffShipment(shipment, keys[0])
    answers = at_once([lambda: send(at, shipment, *keys), lambda: send(at, shipment, *keys),
                       lambda: run(shipments.take_off_shipment, taken, at.keeper)])  # fmt: skip
    outcomes = [one.outcome for one in answers]
    assert outcomes.count("done") == 1, answers
    assert all_adds_up()


def test_received_twice_at_once(fresh_world: World) -> None:
    at = bench(fresh_world)
    key = at.to("sent")
    answers = at_once([lambda: at.receive(key), lambda: at.receive(key, "NEU-1"),
                       lambda: at.receive(key)])  # fmt: skip
    assert sorted(one.outcome for one in answers) == ["conflict", "conflict", "done"]  # type: ignore[union-attr]
    order = RepairOrder.get_by_id(key)
    here = Unit.get_by_id(order.new_unit_id or order.unit_id)
    assert (order.state, here.place) == ("received", "store")
    assert all_adds_up()


def test_one_unit_gets_one_order_of_two_at_once(fresh_world: World) -> None:
    at = bench(fresh_world)
    spare = Unit.get(Unit.serial == "SPA1")
    order = repairs.OpenRepair(spare.id, "坏")
    answers = at_once([lambda: run(repairs.open_repair, order, at.keeper) for _ in range(3)])
    assert sorted(one.outcome for one in answers) == ["conflict", "conflict", "done"]  # type: ignore[union-attr]
    assert RepairOrder.select().where(RepairOrder.unit == spare.id).count() == 1
    assert all_adds_up()


def test_numbers_have_no_gap(at: Bench) -> None:
    keys = two(at)
    with pytest.raises(Invalid):
        run(shipments.open_shipment, shipments.OpenShipment("松下", keys), at.keeper)
    numbers = [Shipment.get_by_id(gather(at, key)).number for key in keys]
    assert [int(re.sub(r".*-", "", number)) for number in numbers] == [1, 2]
