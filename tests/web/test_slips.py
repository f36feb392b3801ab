"""Slips in the browser: filed without scripts, read, printed, undone; nothing of another client."""

import io

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from roundtag import stock
from roundtag.models import DeviceModel, Fault, StockLevel, StockSlip, Store, Unit
from tests.accepting import drawing
from tests.roundtag.slipping import depot, file, stocked, store, use_form
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World, new_id
from tests.world import fault as a_fault


@pytest.fixture
def keeper(signed_in: SignIn) -> FlaskClient:
    return signed_in("manager-a")


def post(browser: FlaskClient, **fields: str) -> str:
    """Files a slip; the address of the page that shows it."""
    answer = browser.post("/slips", data={"submission_id": new_id(), **fields})
    assert answer.status_code == 303, Page(answer.text).text
    return str(answer.location)


def epson() -> str:
    return str(DeviceModel.get(DeviceModel.name == "CB-L500").id)


def test_scan_scan_done(keeper: FlaskClient, world: World) -> None:
    """The page as a storekeeper meets it: kind, store, then many serial numbers."""
    assert "/slips/new?kind=receive" in keeper.get("/slips/new").text
    form = Page(keeper.get(f"/slips/new?kind=receive&store={store(world)}").text).form("/slips")
    where = post(keeper, **{**form.filled(), "model": epson(), "serials": "N1\nN2\nN3"})
    page = Page(keeper.get(where).text)
    assert "SL-" in page.text
    assert all(serial in page.text for serial in ("N1", "N2", "N3"))
    assert f"/stock/stores/{store(world)}" in keeper.get(where).text
    assert Unit.select().where(Unit.store == store(world)).count() == 5
    assert stock.problems() == []


def test_the_store_is_chosen_first(keeper: FlaskClient, world: World) -> None:
    page = Page(keeper.get("/slips/new?kind=scrap").text)
    assert page.form("/slips/new", "get").names == {"kind", "store"}


def test_a_row_more_keeps_what_was_typed(keeper: FlaskClient, world: World) -> None:
    lamp = stocked(world)
    typed = {"kind": "scrap", "store": str(store(world)), "serials": "SPA1", "part.0": str(lamp),
             "quantity.0": "2", "part.1": "", "quantity.1": "", "more": "1"}  # fmt: skip
    form = Page(keeper.post("/slips", data=typed).text).form("/slips")
    assert "part.2" in form.names
    assert (form.filled()["serials"].strip(), form.filled()["quantity.0"]) == ("SPA1", "2")


def test_what_is_wrong_stands_at_its_field(keeper: FlaskClient, world: World) -> None:
    answer = keeper.post("/slips", data={"kind": "scrap", "store": str(store(world)),
                                         "serials": "SPA1\nNO-SUCH", "note": "x"})  # fmt: skip
    assert answer.status_code == 422
    assert "NO-SUCH" in Page(answer.text).error("serials", "n-")


def test_what_is_gone_is_named_and_all_that_was_typed_stays(
    keeper: FlaskClient, world: World
) -> None:
    file(world.manager, "draw", store(world), serials=("SPA1",))
    answer = keeper.post("/slips", data={
        "submission_id": new_id(), "kind": "scrap", "store": str(store(world)),
        "serials": "SPA1\nSPA2", "note": "受潮"})  # fmt: skip
    assert answer.status_code == 409
    page = Page(answer.text)
    assert "SPA1" in page.text
    assert f"BAG-{world.manager.person_id}" in page.text
    form = page.form("/slips").filled()
    assert form["note"].strip() == "受潮"
    where = post(keeper, **{**form, "serials": "SPA2"})
    assert keeper.get(where).status_code == 200


def test_a_signed_draw_is_shown_to_those_who_see_the_slip(
    keeper: FlaskClient, signed_in: SignIn, world: World, other: World
) -> None:
    where = post(keeper, kind="draw", store=str(store(world)), serials="SPA1", signer="王工",
                 person=str(world.engineer.person_id), signature=drawing())  # fmt: skip
    picture = keeper.get(f"{where}/signature")
    assert picture.mimetype == "image/png"
    assert picture.data.startswith(b"\x89PNG")
    assert signed_in("engineer-a").get(f"{where}/signature").status_code == 200
    for who in ("engineer-b", "viewer-b", "storekeeper-elsewhere"):
        browser = signed_in(who)
        for path in (where, f"{where}/signature", f"{where}/slip.pdf"):
            assert browser.get(path).status_code == 404, (who, path)
        number = StockSlip.select().first().number
        assert number not in browser.get("/slips").text
        assert number not in browser.get("/slips.csv").text


def test_a_client_reads_the_slips_of_its_own_stores_only(signed_in: SignIn, world: World) -> None:
    lamp = stocked(world, where=depot())
    stocked(world)
    where = int(Store.get(Store.code == "D1").id)
    file(world.engineer, "use", where, device="A-P01", pieces=((lamp, 1),))
    file(world.engineer, "draw", store(world), serials=("SPA1",))
    text = signed_in("viewer-a").get("/slips.csv").text
    kinds = [line.split(",")[2] for line in text.splitlines()[1:]]
    assert kinds == ["领用", "入库"]
    assert "D1" not in text
    assert "BAG" not in text
    assert signed_in("viewer-a").get("/slips/new").status_code == 403


@pytest.mark.parametrize(("lang", "words"), [("zh", "领用单"), ("en", "Draw slip")])
def test_the_paper_says_what_the_slip_says(
    keeper: FlaskClient, world: World, lang: str, words: str
) -> None:
    where = post(keeper, kind="draw", store=str(store(world)), serials="SPA1\nSPA2",
                 signer="王工", person=str(world.engineer.person_id),
                 signature=drawing())  # fmt: skip
    answer = keeper.get(f"{where}/slip.pdf?lang={lang}")
    assert answer.mimetype == "application/pdf"
    read = PdfReader(io.BytesIO(answer.data))
    text = "".join(page.extract_text() for page in read.pages)
    number = StockSlip.get().number
    assert all(one in text for one in (words, number, "SPA1", "SPA2", "CB-L500", "王工"))
    assert len(read.pages[0].images) == 2  # the symbol of its address, and the drawing
    assert keeper.get(f"{where}/slip.pdf?lang={lang}").data == answer.data


def test_two_hundred_lines_go_over_several_pages(keeper: FlaskClient, world: World) -> None:
    serials = "\n".join(f"N{n:03}" for n in range(200))
    where = post(keeper, kind="receive", store=str(store(world)), model=epson(), serials=serials)
    read = PdfReader(io.BytesIO(keeper.get(f"{where}/slip.pdf").data))
    text = "".join(page.extract_text() for page in read.pages)
    assert all(f"N{n:03}" in text for n in range(200))
    assert len(read.pages) > 2


def test_the_list_is_narrowed_and_cannot_be_a_formula(keeper: FlaskClient, world: World) -> None:
    lamp = stocked(world)
    file(world.manager, "draw", store(world), pieces=((lamp, 1),), signer="=cmd|x")
    lines = keeper.get("/slips.csv?kind=draw").text.splitlines()
    assert len(lines) == 2
    assert "'=cmd|x" in lines[1]
    for query, count in ((f"store={store(world)}", 2), ("store=999", 0), ("month=2020-01", 0),
                         (f"person={world.manager.person_id}&kind=draw", 1), ("kind=steal", 2),
                         ("page=2", 0), ("page=99999999999", 2)):  # fmt: skip
        rows = keeper.get(f"/slips?{query}").text.count('class="mono" href="/slips/')
        assert rows == count, query


def test_undone_in_the_browser(keeper: FlaskClient, engineer: FlaskClient, world: World) -> None:
    where = post(keeper, kind="scrap", store=str(store(world)), serials="SPA1", note="坏")
    assert keeper.post(f"{where}/reversal", data={}).status_code == 422
    answer = keeper.post(f"{where}/reversal", data={"note": "录错", "submission_id": new_id()})
    assert answer.status_code == 303
    assert f'href="{where}"' in keeper.get(answer.location).text
    assert "reversal" not in keeper.get(where).text
    assert Unit.get(Unit.serial == "SPA1").store_id == store(world)
    assert engineer.post(f"{where}/reversal", data={"note": "x"}).status_code == 403


def test_what_is_ticked_in_the_bag_comes_back(engineer: FlaskClient, world: World) -> None:
    assert "kind=draw" in engineer.get("/bag").text
    lamp = stocked(world)
    file(world.engineer, "draw", store(world), serials=("SPA1",), pieces=((lamp, 2),))
    form = Page(engineer.get("/bag").text).form("/slips/new", "get")
    unit = Unit.get(Unit.serial == "SPA1").id
    assert {"unit", "part.0", "quantity.0", "store"} <= form.names
    asked = {"kind": "return", "unit": str(unit), "part.0": str(lamp), "quantity.0": "2",
             "store": str(store(world))}  # fmt: skip
    filled = Page(engineer.get("/slips/new", query_string=asked).text).form("/slips").filled()
    assert (filled["unit"], filled["part.0"], filled["quantity.0"]) == (
        str(unit), str(lamp), "2")  # fmt: skip
    post(engineer, **{**filled, "signer": "李工"})
    assert Unit.get_by_id(unit).store_id == store(world)
    packed = engineer.get("/bag", headers={"X-Pack": "1"}).text
    assert "<form" not in packed.split("<main")[1].split("</main")[0]


def test_a_part_is_used_on_the_device_page(engineer: FlaskClient, world: World) -> None:
    lamp = stocked(world)
    path = f"/t/{world.tags[0]}"
    form = Page(engineer.get(path).text).form(f"{path}/uses")
    assert form.attributes["data-outbox"] == "use"
    source = f"{store(world)}:{lamp}"
    bad = engineer.post(f"{path}/uses", data={**form.filled(), "source": source, "quantity": "x"})
    assert bad.status_code == 422
    assert Page(bad.text).error("quantity", "p-")
    answer = engineer.post(f"{path}/uses", data={
        **use_form(world, source), "submission_id": new_id()})  # fmt: skip
    assert answer.status_code == 303
    assert "ELPLP97 × 1" in engineer.get(path).text
    level = StockLevel.get((StockLevel.store == store(world)) & (StockLevel.model == lamp))
    assert level.quantity == 4
    wrong = engineer.post(f"/t/{world.tags[1]}/uses", data=use_form(world, source))
    assert wrong.status_code == 404


def test_a_device_without_parts_has_no_form(engineer: FlaskClient, world: World) -> None:
    assert "/uses" not in engineer.get(f"/t/{world.tags[0]}").text


def test_the_office_books_a_use_out_of_the_right_store(keeper: FlaskClient, world: World) -> None:
    from tests.world import deliver

    lamp = stocked(world, 1)
    where = depot()
    file(world.manager, "receive", where, pieces=((lamp, 5),))
    found = deliver("use", use_form(world, f"{store(world)}:{lamp}", "3"), world.engineer)
    path = f"/reviews/conflict:{found.subject_id}"
    page = Page(keeper.get(path).text)
    assert "ELPLP97 × 3" in page.text
    assert "store" in page.form(path).names
    assert keeper.post(path, data={"decision": "apply"}).status_code == 422
    answer = keeper.post(path, data={"decision": "apply", "store": str(where)})
    assert answer.status_code == 303
    assert stock.problems() == []


def test_a_draw_for_a_fault_leads_back_to_it(engineer: FlaskClient, world: World) -> None:
    lamp, fault = stocked(world), Fault.get_by_id(a_fault(world))
    ask = f"/slips/new?kind=draw&store={store(world)}&fault={fault.number}"
    typed = Page(engineer.get(ask).text).form("/slips").filled()
    assert typed["fault"] == fault.number
    typed |= {"part.0": str(lamp), "quantity.0": "2", "signer": "李工"}
    where = post(engineer, **typed)
    shown = engineer.get(where).text
    assert f"/faults/{fault.id}" in shown
    assert f"kind=return&amp;store={store(world)}&amp;fault={fault.number}" in shown
    wrong = engineer.post("/slips", data={**typed, "submission_id": new_id(), "fault": "F-0"})
    assert wrong.status_code == 422
    assert "n-fault" in wrong.text
