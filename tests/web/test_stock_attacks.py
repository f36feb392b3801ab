"""Attacks on stores, repairs, quotes and counts through the doors: what is typed stays text, what
is another client's stays unseen, and no body of a phone breaks anything."""

import csv
import io
import time

import pytest
from flask import Flask
from openpyxl import load_workbook

from roundtag import clock, links, quotes, repairs, shipments
from roundtag.models import Blob, Quote, RepairOrder, Shipment, Store, Submission, Unit
from roundtag.storekeeping import rules, stores
from tests.repairing import Bench, bench
from tests.roundtag.slipping import bag_of, file, stocked, store, unit, use_form
from tests.seeing import snapshot
from tests.storecounting import listed, opened
from tests.web.conftest import SignIn
from tests.web.phone import SYNC, phone
from tests.world import World, new_id, run, swap_form

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202e"
FORMULA = '=HYPERLINK("evil","x")'
BIG = "9" * 15


@pytest.fixture
def at(world: World) -> Bench:
    return bench(world)


# What is typed stays text


@pytest.fixture(params=[EVIL, FORMULA, "@SUM(1)", "-1+1", "+1", "＝1+1"])
def word(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def paths(at: Bench, world: World, word: str) -> list[str]:
    """Pages and files that show a word which was typed wherever words are typed."""
    short = word[:40]
    order = stores.SaveStore(None, short, word[:80], "client", world.client_id, None, word)
    where = int(run(stores.save_store, order).subject_id or 0)
    file(world.manager, "receive", where, serials=(word[:80],), shelf=short, note=word,
         model_id=unit("SPA1").model_id)  # fmt: skip
    one = Unit.get(Unit.store == where)
    run(rules.place_unit, rules.PlaceUnit(one.id, short, short), world.manager)
    slip = file(world.manager, "transfer", where, other_store_id=store(world), note=word,
                unit_ids=(one.id,)).subject_id  # fmt: skip
    key = int(run(repairs.open_repair, repairs.OpenRepair(one.id, word), at.keeper).subject_id or 0)
    at.decide(key, maker=word[:80], reason=word)
    line = {"kind": "parts", "words": word, "quantity": "1", "price": "1.00"}
    quote = at.offer(key, lines=(line,), note=word)
    at.answer(quote, signer=word[:80], note=word)
    box = run(shipments.open_shipment, shipments.OpenShipment(word[:80], (key,), word, word),
              at.keeper).subject_id  # fmt: skip
    run(shipments.send_shipment, shipments.SendShipment(int(box or 0), word[:60], word[:60],
                                                        (key,)), at.keeper)  # fmt: skip
    count = opened(world)
    listed(world.manager, count, word.split("\n")[0][:80], shelf="", note=word)
    return [
        f"/stock/stores/{where}", "/stock/stores", f"/units/{one.id}", f"/slips/{slip}", "/slips",
        f"/slips/{slip}/slip.pdf", "/slips.csv", f"/repairs/{key}", "/repairs", "/repairs.xlsx",
        f"/quotes/{quote}", f"/shipments/{box}", "/shipments", f"/shipments/{box}/list.pdf",
        f"/shipments/{box}/list.xlsx", f"/stock/counts/{count}", "/stock/counts",
        f"/stock/counts/{count}/report.xlsx", f"/stock/counts/{count}/report.pdf",
        f"/stock/counts/{count}/lists/new", "/stock", f"/repairs/new?q={short[:5]}",
        f"/shipments/new?maker={word}", f"/stock?q={word}", "/stock/plan.xlsx",
        "/stock/reorder.xlsx", "/labels/units", "/labels/shelves",
    ]  # fmt: skip


def test_words_are_neither_markup_nor_formulas(
    signed_in: SignIn, paths: list[str], word: str
) -> None:
    browser = signed_in("admin-all")
    for path in paths:
        answer = browser.get(path, follow_redirects=True)
        if path.startswith("/labels") and answer.status_code == 404:
            continue
        assert answer.status_code == 200, (path, answer.status_code)
        kind = answer.mimetype
        if kind == "text/html":
            assert "<script>alert" not in answer.text, path
            assert "onerror=alert" not in answer.text.replace("&#34;", "").replace(
                "&lt;img src=x onerror=alert", ""), path  # fmt: skip
        elif kind == "text/csv":
            cells = [
                c for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for c in row
            ]
            assert not [c for c in cells if c.startswith(("=", "+", "-", "@", "＝"))], path
        elif path.endswith(".xlsx"):
            for sheet in load_workbook(io.BytesIO(answer.data)):
                cells = [cell for row in sheet.iter_rows() for cell in row]
                assert not [c for c in cells if c.data_type == "f" or c.hyperlink], path
        elif path.endswith(".pdf"):
            assert answer.data.startswith(b"%PDF")
        assert "\n" not in answer.headers.get("Content-Disposition", "")


# Links


@pytest.fixture
def quote(at: Bench) -> int:
    return at.offer(at.to("quoting"))


def decision(quote: int, **more: str) -> dict[str, str]:
    return {"submission_id": new_id(), "seen": quotes.digest(Quote.get_by_id(quote)),
            "decision": "approved", "signer": "陈敏", **more}  # fmt: skip


def test_a_link_opens_only_what_it_is_for(app: Flask, at: Bench, quote: int) -> None:
    visitor = app.test_client()
    for door, purpose in (("extension", quotes.PURPOSE), ("quote", "extension-decide"),
                          ("quote", "round-sign"), ("sign", quotes.PURPOSE)):  # fmt: skip
        secret = links.grant(purpose, quote, clock.now())
        assert visitor.get(f"/{door}/{secret}").status_code == 404
        answer = visitor.post(f"/{door}/{secret}", data=decision(quote))
        assert answer.status_code == 404
    assert Quote.get_by_id(quote).state == "offered"


def test_another_site_decides_nothing(app: Flask, at: Bench, quote: int) -> None:
    visitor, secret = app.test_client(), at.link(quote)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    ):
        answer = visitor.post(f"/quote/{secret}", data=decision(quote), headers=headers)
        assert answer.status_code in (400, 403)
    assert Quote.get_by_id(quote).state == "offered"


def test_staff_with_a_link_decide_nothing(signed_in: SignIn, at: Bench, quote: int) -> None:
    secret = at.link(quote)
    answer = signed_in("manager-a").post(f"/quote/{secret}", data=decision(quote))
    assert answer.status_code == 403
    assert Quote.get_by_id(quote).state == "offered"
    assert quotes.page_by_link(secret).id == quote


@pytest.mark.parametrize("more", [
    {"signer": ""}, {"signer": " "}, {"decision": ""}, {"decision": "sent-back"},
    {"decision": "refused"}, {"signer": "x" * 81},
])  # fmt: skip
def test_a_decision_without_its_parts_is_none(
    app: Flask, at: Bench, quote: int, more: dict[str, str]
) -> None:
    answer = app.test_client().post(f"/quote/{at.link(quote)}", data=decision(quote, **more))
    assert answer.status_code == 422
    assert Quote.get_by_id(quote).state == "offered"


# Bodies of phones


def bodies(world: World, other: World) -> list[tuple[str, dict[str, str]]]:
    lamp = stocked(world)
    file(other.engineer, "draw", store(other), serials=("SPB1",))
    theirs = bag_of(other.engineer)
    count = opened(world, Store.get_by_id(theirs))
    mine = opened(world)
    use = [("use", use_form(world, source, pieces)) for source, pieces in (
        (f"{theirs}:{lamp}", "1"), (f"{BIG}:{BIG}", "1"), ("999999999:999999999", "1"),
        (f"{store(other)}:{lamp}", "1"), (f"{store(world)}:{lamp}", "-1"),
        (f"{store(world)}:{lamp}", "0"), (f"{store(world)}:{lamp}", "1.5"),
        (f"{store(world)}:{lamp}", BIG), (f"{store(world)}:{lamp}", "NaN"), ("", "1"),
        (f"{store(world)}:{unit('SPA1').model_id}", "1"))]  # fmt: skip
    swap = [("swap", swap_form(world, **more)) for more in (
        {"new_serial": "SPB1"}, {"new_serial": "SNB1"}, {"new_serial": "x" * 81},
        {"old_unit_to": "store", "old_unit_store": str(theirs)},
        {"old_unit_to": "store", "old_unit_store": BIG},
        {"old_unit_to": "store", "old_unit_store": "１"},
        {"old_unit_to": "store", "old_unit_store": "bag"},
        {"reason": "loan", "due_on": "9999-99-99"}, {"reason": "nonsense"})]  # fmt: skip
    counts = [("storecount", {"count": key, "others": "X1", **more}) for key, more in (
        (str(count), {}), (BIG, {}), ("-1", {}), ("", {}),
        (str(mine), {"others": "x" * 81}), (str(mine), {"others": "http://a/t/XYZ"}),
        (str(mine), {f"pieces.{lamp}": "-3"}), (str(mine), {f"pieces.{lamp}": BIG}),
        (str(mine), {"shelf": "SHELF:NOT-HERE/A"}))]  # fmt: skip
    return [*use, *swap, *counts]


def test_no_body_takes_what_is_anothers_or_breaks_anything(
    signed_in: SignIn, world: World, other: World
) -> None:
    sent, browser = bodies(world, other), signed_in("engineer-a")
    before = snapshot()
    for form, values in sent:
        version = "2" if form == "swap" else "1"
        for value in (values, {**values, "note": "x" * 2001}):
            body = phone(form, value, world.engineer.person_id, form_version=version)
            answer = browser.post(f"/sync/{body['id']}", json=body, headers=SYNC)
            assert 400 <= answer.status_code < 500, (form, value, answer.text)
    assert snapshot() == before


@pytest.mark.parametrize("fault", [BIG, "0", "-1", "x"])
def test_a_fault_that_is_none_leaves_the_use(signed_in: SignIn, world: World, fault: str) -> None:
    lamp, browser = stocked(world), signed_in("engineer-a")
    form = use_form(world, f"{store(world)}:{lamp}", fault=fault)
    body = phone("use", form, world.engineer.person_id)
    answer = browser.post(f"/sync/{body['id']}", json=body, headers=SYNC)
    assert answer.status_code < 500
    assert Submission.select().where(Submission.outcome == "review").count() == 0


def test_a_long_list_is_quick(signed_in: SignIn, world: World) -> None:
    count = opened(world)
    serials = "\n".join(f"S{number:05}" for number in range(5000))
    body = phone("storecount", {"count": str(count), "others": serials}, world.engineer.person_id)
    begin = time.process_time()
    answer = signed_in("engineer-a").post(f"/sync/{body['id']}", json=body, headers=SYNC)
    assert answer.status_code in (200, 201), answer.text
    assert time.process_time() - begin < 10


# What is another client's stays unseen


def test_nothing_is_read_by_counting_up_keys(signed_in: SignIn, world: World, other: World) -> None:
    lamp = stocked(other)
    file(other.engineer, "draw", store(other), pieces=((lamp, 1),))
    slip = file(other.manager, "scrap", store(other), serials=("SPB2",)).subject_id
    there = bench(other)
    key = there.to("offered")
    price = quotes.latest("repair", key)
    count = opened(other)
    paths = [
        f"/slips/{slip}", f"/slips/{slip}/slip.pdf", f"/slips/{slip}/signature",
        f"/repairs/{key}", f"/repairs/{key}/quote", f"/quotes/{price.id if price else 0}",
        f"/stock/stores/{store(other)}", f"/stock/stores/{store(other)}/parts/{lamp}",
        f"/units/{unit('SNB1').id}", f"/units/{unit('SPB2').id}", f"/stock/counts/{count}",
        f"/stock/counts/{count}/report.xlsx", f"/stock/counts/{count}/report.pdf",
        f"/stock/counts/{count}/lists/new", f"/loaners/{1}",
    ]  # fmt: skip
    for name in ("viewer-a", "engineer-a"):
        browser = signed_in(name)
        for path in paths:
            assert browser.get(path).status_code in (403, 404), (name, path)
        for path in ("/stock?q=SNB1", "/stock?q=SPB2", "/slips", "/slips.csv", "/repairs",
                     "/stock/stores", "/consumables.csv"):  # fmt: skip
            answer = browser.get(path)
            assert "SNB1" not in answer.text.replace("q=SNB1", "").replace('value="SNB1"', "")
            assert RepairOrder.get_by_id(key).number not in answer.text


def test_a_shipment_of_two_clients_shows_each_their_own(
    signed_in: SignIn, at: Bench, other: World
) -> None:
    mine, theirs = at.to("decided"), bench(other).to("decided")
    order = shipments.OpenShipment("爱普生", (mine, theirs), "上海", "客户B 急用 SNB1")
    box = run(shipments.open_shipment, order).subject_id
    assert Shipment.get_by_id(box).maker == "爱普生"
    for name in ("viewer-a", "engineer-a"):
        browser = signed_in(name)
        page = browser.get(f"/shipments/{box}")
        assert RepairOrder.get_by_id(mine).number in page.text
        for text in (page.text, browser.get(f"/repairs/{mine}").text):
            assert "SNB1" not in text
            assert RepairOrder.get_by_id(theirs).number not in text
        book = load_workbook(io.BytesIO(browser.get(f"/shipments/{box}/list.xlsx").data))
        assert "SNB1" not in str([list(sheet.values) for sheet in book])


def test_prices_are_not_for_everybody(signed_in: SignIn, at: Bench, quote: int) -> None:
    for name, path in (
        ("viewer-a", "/stock/parts"),
        ("viewer-a", "/stock/parts/1"),
        ("viewer-a", "/stock/reorder"),
        ("engineer-a", f"/quotes/{quote}"),
    ):
        assert signed_in(name).get(path).status_code in (403, 404), (name, path)
    key = Quote.get_by_id(quote).subject_id
    assert "1580.15" not in signed_in("engineer-a").get(f"/repairs/{key}").text


# Files and paths


def test_files_that_nobody_asked_for_are_not_kept(signed_in: SignIn, world: World) -> None:
    before = Blob.select().count()
    data = {
        "submission_id": new_id(),
        "kind": "scrap",
        "store": str(store(world)),
        "serials": "SPA1",
        "note": "x",
        "photo": (io.BytesIO(b"<svg/>"), "../../a.svg"),
    }
    answer = signed_in("manager-a").post("/slips", data=data, content_type="multipart/form-data")
    assert answer.status_code in (303, 422)
    assert Blob.select().count() == before


@pytest.mark.parametrize("path", [
    "/shipments/1/list.exe", "/shipments/1/list.pdf%00", "/shipments/1/list...%2fetc%2fpasswd",
    "/slips/1/..%2f..%2fetc/passwd", "/stock/counts/1/report.html", f"/units/{'9' * 30}",
    f"/slips/{'9' * 30}", f"/stock/stores/{'9' * 30}", f"/repairs/{'9' * 30}", "/units/-1",
    f"/stock/stores/1/parts/{'9' * 30}", f"/quotes/{'9' * 30}", f"/shipments/{'9' * 30}",
    f"/stock/counts/{'9' * 30}", f"/stock/stores/1?after={'9' * 30}", f"/loaners/{'9' * 30}",
    f"/repairs/new?unit={'9' * 30}", f"/slips/new?kind=draw&store={BIG}&person={BIG}",
    f"/shipments?page={'9' * 30}", f"/stock?store={BIG}&page={BIG}", f"/repairs?client={BIG}",
    f"/labels/shelves?store={'9' * 30}", f"/consumables?client={'9' * 30}",
])  # fmt: skip
def test_no_address_breaks_anything(signed_in: SignIn, path: str) -> None:
    assert signed_in("admin-all").get(path).status_code < 500
