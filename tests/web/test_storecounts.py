"""Counts of stores as a browser without scripts sees them: opened, counted, explained, closed."""

import io
from typing import Any

import openpyxl
import pypdfium2
import pytest
from flask.testing import FlaskClient

from roundtag.models import StoreCount, StoreCountLine, StoreCountList, Unit
from tests import storecounting
from tests.seeing import queries_of, snapshot
from tests.web.conftest import SignIn
from tests.web.reading import Form, Page
from tests.world import World

PACK = {"X-Pack": "1"}


@pytest.fixture
def keeper(signed_in: SignIn) -> FlaskClient:
    browser = signed_in("manager-all")
    browser.set_cookie("lang", "en")
    return browser


@pytest.fixture
def key(world: World) -> int:
    return storecounting.opened(world)


def form_of(browser: FlaskClient, path: str, end: str) -> Form:
    return next(one for one in Page(browser.get(path).text).forms if one.action.endswith(end))


def file_list(browser: FlaskClient, key: int, **typed: object) -> Any:
    form = form_of(browser, f"/stock/counts/{key}/lists/new", "/lists")
    return browser.post(form.action, data={**form.filled(), **typed})


def test_it_is_opened_once_and_stands_on_every_counters_day(
    keeper: FlaskClient, engineer: FlaskClient, signed_in: SignIn, world: World
) -> None:
    store = storecounting.store_of(world)
    form = form_of(keeper, "/stock/counts", "/stock/counts")
    sent = {**form.filled(), "name": "Q4", "store": store.id}
    first, second = (keeper.post("/stock/counts", data=sent) for _ in range(2))
    key = StoreCount.get().id
    assert first.location == second.location == f"/stock/counts/{key}"
    assert StoreCount.get().blind
    assert "Q4" in keeper.get("/stock/counts").text
    assert f"/stock/counts/{key}/lists/new" in engineer.get("/today").text
    assert f"/stock/counts/{key}/lists/new" not in signed_in("client-all").get("/today").text
    assert f"/stock/counts/{key}/lists/new" in engineer.get("/today", headers=PACK).text


@pytest.mark.parametrize(("typed", "field"), [({"name": ""}, "name"), ({"store": ""}, "store"),
                                              ({"store": "99999"}, "store")])  # fmt: skip
def test_a_bad_opening_keeps_what_was_typed(
    keeper: FlaskClient, world: World, typed: dict[str, str], field: str
) -> None:
    before = snapshot()
    sent = {"name": "Q4", "store": storecounting.store_of(world).id, **typed}
    answer = keeper.post("/stock/counts", data=sent)
    assert answer.status_code == 422
    assert any(e.get("data-error-for") == field and e.text for e in Page(answer.text).elements)
    assert snapshot() == before


def test_a_list_without_scripts_and_what_is_wrong_beside_its_field(
    engineer: FlaskClient, world: World, key: int
) -> None:
    model = storecounting.cables(storecounting.store_of(world), 12)
    engineer.set_cookie("lang", "en")
    wrong = file_list(engineer, key, others="SPA1\nHTTPS://X.CN/T/7K3M9QX2PD", note="dusty",
                      **{f"pieces.{model}": "-1"})  # fmt: skip
    assert wrong.status_code == 422
    errors = {e.get("data-error-for"): e.text for e in Page(wrong.text).elements
              if e.get("data-error-for") and e.text}  # fmt: skip
    assert "is the label of a device" in errors["others"]
    assert "whole number of pieces" in errors[f"pieces.{model}"]
    assert "dusty" in wrong.text
    assert "SPA1" in wrong.text
    assert not StoreCountList.select().exists()
    answer = file_list(engineer, key, others="spa1\r\nx-1", shelf="A-1",
                       **{f"pieces.{model}": "11"})  # fmt: skip
    assert (answer.status_code, answer.location) == (303, f"/stock/counts/{key}")
    assert StoreCountLine.select().count() == 3
    assert "Counted on A-1: 3." in engineer.get(answer.location).text


def test_a_double_tap_is_one_list(engineer: FlaskClient, key: int) -> None:
    form = form_of(engineer, f"/stock/counts/{key}/lists/new", "/lists")
    sent = {**form.filled(), "others": "SPA1"}
    assert {engineer.post(form.action, data=sent).status_code for _ in range(2)} == {303}
    assert StoreCountList.select().count() == 1


def test_it_is_explained_confirmed_closed_and_read_back(
    keeper: FlaskClient, engineer: FlaskClient, signed_in: SignIn, world: World, key: int
) -> None:
    path = f"/stock/counts/{key}"
    assert "/closure" not in keeper.get(path).text
    file_list(engineer, key, others="SPA2\nSNA1\n=cmd")
    assert "/closure" not in engineer.get(path).text
    why = form_of(keeper, path, "/explanations")
    told = keeper.post(why.action, data={**why.filled(), "kind": "other", "note": ""})
    assert told.status_code == 422
    assert "Say in a few words why it differs" in told.text
    sent = {**why.filled(), "kind": "no-slip", "note": "taken by Li"}
    assert keeper.post(why.action, data=sent).location == path
    shown = keeper.get(path).text
    assert "taken by Li" in shown
    assert f'href="/devices/{world.devices[0].id}"' in shown
    closing = form_of(keeper, path, "/closure")
    refused = keeper.post(closing.action, data=closing.filled())
    assert refused.status_code == 422
    assert "Unexplained differences: 2." in refused.text
    assert keeper.post(closing.action, data={**closing.filled(), "confirm": "1"}).location == path
    closed = keeper.get(path).text
    assert "Booked on slip SL-" in closed
    assert not [f for f in Page(closed).forms if f.action.startswith("/stock/counts")]
    assert not [f for f in Page(engineer.get(f"{path}/lists/new").text).forms
                if f.action.endswith("/lists")]  # fmt: skip
    assert Unit.get(Unit.serial == "SPA1").place == "adjustment"
    for role, lang, words in (("client", "en", ("Missing", "SPA1", "Taken without a slip")),
                              ("auditor", "zh", ("盘亏", "SPA1", "未填单取走"))):  # fmt: skip
        browser = signed_in(f"{role}-all")
        browser.set_cookie("lang", lang)
        book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{path}/report.xlsx").data))
        rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
        lost = next(row for row in rows if row[2] == "SPA1")
        assert [lost[0], *lost[4:7], *lost[12:14]] == [words[0], 1, 0, -1, -1, words[2]]
        assert "=CMD" in [row[2] for row in rows]
        assert not [c for s in book for r in s.iter_rows() for c in r if c.data_type == "f"]
        sent = browser.get(f"{path}/report.pdf")
        assert sent.mimetype == "application/pdf"
        document = pypdfium2.PdfDocument(sent.data)
        text = "".join(page.get_textpage().get_text_range() for page in document)
        assert all(word in text for word in (*words, "taken by Li", "SL-"))


def test_another_clients_people_find_nothing(
    engineer: FlaskClient, signed_in: SignIn, key: int
) -> None:
    stranger = signed_in("manager-elsewhere")
    for end in ("", "/lists/new", "/report.pdf", "/report.xlsx"):
        assert stranger.get(f"/stock/counts/{key}{end}").status_code == 404
        assert engineer.get(f"/stock/counts/999{end}").status_code == 404
    for end in ("/lists", "/explanations", "/closure"):
        data = {"count": key, "others": "SPA1", "unit": "1", "kind": "broken"}
        assert stranger.post(f"/stock/counts/{key}{end}", data=data).status_code == 404
    assert "四季度盘点" not in stranger.get("/stock/counts").text


def test_the_page_in_the_pack_is_the_page_online(engineer: FlaskClient, world: World) -> None:
    key = storecounting.opened(world, blind=False)
    packed = engineer.get(f"/stock/counts/{key}/lists/new", headers=PACK)
    assert "submission_id" not in packed.text
    assert 'data-key="SPA1"' in packed.text
    second = storecounting.add_store("K9", world.client_id)
    blind = engineer.get(f"/stock/counts/{storecounting.opened(world, second)}/lists/new")
    assert "data-key" not in blind.text


def test_pages_cost_the_same_however_many_lists_there_are(
    keeper: FlaskClient, world: World, key: int
) -> None:
    paths = ("/stock/counts", f"/stock/counts/{key}", f"/stock/counts/{key}/lists/new")

    def costs() -> list[int]:
        return [queries_of(lambda path=path: keeper.get(path)) for path in paths]

    storecounting.listed(world.engineer, key, "SPA1", "X1")
    few = costs()
    for number in range(6):
        storecounting.add_unit(f"N{number}", storecounting.store_of(world))
        storecounting.listed(world.engineer, key, f"N{number}", f"Y{number}", note="x")
    assert costs() == few
    assert max(few) <= 24
