"""Repairs through pages: no script needed, one button for what is next, money for few."""

import io
import re
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from roundtag import clock, links, quotes
from roundtag.models import Approval, Quote, RepairOrder, Store, Unit
from tests.repairing import TOTAL, Bench, all_adds_up, bench
from tests.seeing import queries_of, snapshot
from tests.web.conftest import SignIn
from tests.web.reading import Form, Page
from tests.world import World, deliver, fault, new_id, swap_form


@pytest.fixture
def at(world: World) -> Bench:
    return bench(world)


@pytest.fixture
def keeper(signed_in: SignIn) -> FlaskClient:
    return signed_in("manager-a")


@pytest.fixture
def client(signed_in: SignIn) -> FlaskClient:
    return signed_in("viewer-a")


def form_of(browser: FlaskClient, path: str, end: str) -> Form:
    return next(one for one in Page(browser.get(path).text).forms if one.action.endswith(end))


def post(browser: FlaskClient, path: str, end: str, **typed: Any) -> Any:
    form = form_of(browser, path, end)
    return browser.post(form.action, data={**form.filled(), **typed})


def test_from_the_swap_to_the_store_without_scripts(
    at: Bench, keeper: FlaskClient, client: FlaskClient
) -> None:
    key = at.open()
    path, store = f"/repairs/{key}", str(at.store.id)
    assert at.order(key).number in keeper.get("/repairs").text
    assert post(keeper, path, "/route", route="quote").location == path
    assert f'href="{path}/quote"' in keeper.get(path).text
    lines = {"words.1": "主板", "price.1": "1280", "words.2": "运费", "kind.2": "freight",
             "price.2": "２０，５", "quantity.2": "2"}  # fmt: skip
    assert post(keeper, f"{path}/quote", f"{path}/quote", **lines).location == f"{path}/quote"
    assert "1321.00" in keeper.get(f"{path}/quote").text
    assert post(keeper, f"{path}/quote", "/offer").location == path
    quote = Quote.get()
    assert f'href="/quotes/{quote.id}"' in client.get("/today").text
    page = client.get(f"/quotes/{quote.id}").text
    assert "1321.00" in page
    assert post(client, f"/quotes/{quote.id}", "/decision", decision="approved",
                signer="陈敏").location == f"/quotes/{quote.id}"  # fmt: skip
    assert f'href="/quotes/{quote.id}"' not in client.get("/today").text
    assert post(keeper, path, "/sending", carrier="顺丰").location == path
    assert post(keeper, path, "/receipt", store=store).location == path
    assert post(keeper, path, "/test", result="ok", then="store").location == path
    assert at.order(key).ended_how == "store"
    assert "/receipt" not in keeper.get(path).text
    assert all_adds_up()


def test_a_slip_keeps_what_was_typed_and_writes_nothing(at: Bench, keeper: FlaskClient) -> None:
    keeper.set_cookie("lang", "en")
    opened, sent = at.open(), at.to("sent", 1)
    Unit.update(warranty_until=None).where(Unit.id == at.order(opened).unit_id).execute()
    before = snapshot()
    for path, end, typed, said in (
        (f"/repairs/{opened}", "/route", {"route": "warranty"}, "not in warranty"),
        (f"/repairs/{opened}", "/route", {"maker": ""}, "Name the maker"),
        (f"/repairs/{opened}", "/end", {"how": "scrap", "note": ""}, "Say why"),
        (f"/repairs/{opened}", "/cancellation", {"note": "", "store": ""}, "Say why"),
        (f"/repairs/{sent}", "/receipt", {"store": "", "shelf": "Z-9"}, "Choose the store"),
        (f"/repairs/{sent}", "/receipt", {"warranty_until": "soon"}, "day"),
        (f"/repairs/{sent}", "/extension", {"until": "", "reason": "缺件"}, "Say until when"),
    ):
        answer = post(keeper, path, end, **typed)
        assert answer.status_code == 422, (end, typed)
        assert said in answer.text, (end, typed)
        kept = [value for value in typed.values() if value and value not in ("warranty", "scrap")]
        assert all(value in answer.text for value in kept), typed
    assert snapshot() == before


def test_the_editor_gives_more_rows_without_a_script(at: Bench, keeper: FlaskClient) -> None:
    path = f"/repairs/{at.to('quoting')}/quote"
    assert keeper.get(path).text.count('name="words.') == 3
    form = form_of(keeper, path, "/quote")
    more = keeper.post(path, data={**form.filled(), "more": "1", "words.1": "主板", "price.1": "x"})
    assert (more.status_code, more.text.count('name="words.')) == (200, 6)
    assert "主板" in more.text
    assert not Quote.select().exists()
    slip = keeper.post(path, data={**form.filled(), "words.1": "主板", "price.1": "-5"})
    assert slip.status_code == 422
    assert 'value="-5"' in slip.text


def test_engineers_see_the_order_and_no_money(
    at: Bench, engineer: FlaskClient, client: FlaskClient
) -> None:
    key = at.open()
    at.decide(key)
    quote = at.offer(key)
    page = engineer.get(f"/repairs/{key}").text
    assert at.order(key).number in page
    assert TOTAL not in page
    assert engineer.get(f"/quotes/{quote}").status_code == 403
    assert engineer.get(f"/repairs/{key}/quote").status_code == 403
    for form in Page(page).forms:
        assert not form.action.startswith("/repairs/")
    assert TOTAL in client.get(f"/repairs/{key}").text
    assert TOTAL not in engineer.get("/repairs").text


def test_another_clients_people_find_nothing(at: Bench, signed_in: SignIn) -> None:
    key = at.to("offered")
    quote = Quote.get()
    for role in ("manager", "storekeeper", "client", "engineer"):
        browser = signed_in(f"{role}-elsewhere")
        for path in (f"/repairs/{key}", f"/quotes/{quote.id}", f"/repairs/{key}/quote"):
            answer = browser.get(path)
            assert answer.status_code in (403, 404)
            assert "主板" not in answer.text
        listed = browser.get("/repairs?state=offered").text
        assert at.order(key).number not in listed
        book = openpyxl.load_workbook(io.BytesIO(browser.get("/repairs.xlsx").data))
        assert book.active.max_row == 1
    before = snapshot()
    for role in ("manager", "storekeeper", "client"):
        browser = signed_in(f"{role}-elsewhere")
        before = snapshot()
        for path, data in ((f"/repairs/{key}/cancellation", {"note": "x", "store": "1"}),
                           (f"/repairs/{key}/route", {"route": "warranty", "maker": "x"}),
                           (f"/quotes/{quote.id}/decision", {"decision": "approved"}),
                           (f"/quotes/{quote.id}/links", {})):  # fmt: skip
            assert browser.post(path, data=data).status_code in (403, 404)
        assert snapshot() == before


# Links


def test_the_link_is_shown_once_and_decides_once(
    at: Bench, keeper: FlaskClient, visitor: FlaskClient
) -> None:
    key = at.to("offered")
    quote = Quote.get()
    form = form_of(keeper, f"/quotes/{quote.id}", "/links")
    shown = keeper.post(form.action, data=form.filled())
    where = re.search(r"/quote/[\w-]+", shown.text)
    assert where
    assert keeper.post(form.action, data=form.filled()).status_code == 303
    path = where.group()
    page = visitor.get(path)
    assert page.status_code == 200
    assert TOTAL in page.text
    slip = post(visitor, path, path, decision="approved", signer="")
    assert slip.status_code == 422
    form = form_of(visitor, path, path)
    data = {**form.filled(), "decision": "approved", "signer": "陈敏"}
    done = visitor.post(path, data=data)
    assert (done.status_code, at.order(key).state) == (200, "approved")
    again = visitor.post(path, data=data)  # the same sending once more
    assert again.status_code == 200
    assert visitor.post(path, data={**data, "submission_id": new_id()}).status_code == 404
    assert visitor.get(path).status_code == 404
    assert Approval.select().count() == 1


def test_a_link_page_says_when_the_quote_has_changed(at: Bench, visitor: FlaskClient) -> None:
    at.to("offered")
    quote = Quote.get()
    path = f"/quote/{at.link(quote.id)}"
    answer = post(visitor, path, path, decision="approved", signer="陈敏", seen="0123")
    assert answer.status_code == 200
    assert f'value="{quotes.digest(quote)}"' in answer.text  # the form again, as it stands now
    assert not Approval.select().exists()


@pytest.mark.parametrize("kind", ["quote", "extension"])
def test_links_that_lead_nowhere(visitor: FlaskClient, kind: str) -> None:
    assert visitor.get(f"/{kind}/nothing").status_code == 404
    assert visitor.post(f"/{kind}/nothing", data={"decision": "approved"}).status_code == 404


def test_more_time_by_sign_in_and_by_link(
    at: Bench, keeper: FlaskClient, client: FlaskClient, visitor: FlaskClient
) -> None:
    key = at.to("sent")
    path = f"/repairs/{key}"
    assert post(keeper, path, "/extension", until="2099-01-01", reason="缺件").location == path
    assert "缺件" in client.get(path).text
    link = f"/extension/{links.grant('extension-decide', key, clock.now())}"
    assert post(visitor, link, link, decision="refused", signer="陈敏").status_code == 422
    done = post(visitor, link, link, decision="refused", signer="陈敏", note="等不了")
    assert done.status_code == 200
    assert visitor.get(link).status_code == 404
    post(keeper, path, "/extension", until="2099-01-01", reason="缺件")
    assert post(client, path, "/extension/decision", decision="approved",
                signer="陈敏").location == path  # fmt: skip
    assert at.order(key).agreed_on is not None


# Opening, lists and files


def test_a_unit_in_a_store_is_found_and_opened(at: Bench, keeper: FlaskClient) -> None:
    spare = Unit.get(Unit.serial == "SPA2")
    assert f"unit={spare.id}" in keeper.get("/repairs/new?q=pa2").text
    path = f"/repairs/new?unit={spare.id}"
    assert post(keeper, path, "/new", problem="").status_code == 422
    done = post(keeper, path, "/new", problem="不开机")
    key = RepairOrder.get().id
    assert done.location == f"/repairs/{key}"
    assert keeper.get(path).status_code == 404
    assert all_adds_up()


def test_a_purchase_is_opened(at: Bench, keeper: FlaskClient) -> None:
    model = str(Unit.select().first().model_id)
    done = post(keeper, "/repairs/purchase", "/purchase", client=str(at.world.client_id),
                model=model, specification="5000 流明")  # fmt: skip
    assert done.status_code == 303
    assert "5000 流明" in keeper.get(done.location).text
    assert post(keeper, "/repairs/purchase", "/purchase", model="").status_code == 422


def test_the_list_narrows_and_its_file_holds_no_formula(at: Bench, keeper: FlaskClient) -> None:
    key, sent = at.open(note="=1+1"), at.to("sent", 1)
    numbers = at.order(key).number, at.order(sent).number
    for query, found in (("", (True, True)), ("?state=sent", (False, True)),
                         ("?state=ended", (False, False)), ("?late=1", (False, False)),
                         ("?state=all", (True, True)),
                         ("?maker=爱普生", (True, True)), ("?maker=x", (False, False)),
                         ("?client=999", (False, False)), ("?page=2", (False, False)),
                         ("?client=²&page=٣", (True, True))):  # fmt: skip
        text = keeper.get(f"/repairs{query}").text
        assert tuple(number in text for number in numbers) == found, query
    book = openpyxl.load_workbook(io.BytesIO(keeper.get("/repairs.xlsx").data))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any("=1+1" in str(cell.value) for cell in cells)


def test_pages_take_as_many_queries_for_many_orders(at: Bench, keeper: FlaskClient) -> None:
    at.open()
    key = RepairOrder.get().id
    keeper.get("/repairs")
    few = queries_of(lambda: keeper.get("/repairs"))
    of_one = queries_of(lambda: keeper.get(f"/repairs/{key}"))
    broken = fault(at.world, 1)
    deliver("swap", swap_form(at.world, 1, new_serial="SPA2", fault=str(broken)), at.world.engineer)
    for number in range(5):
        store = Store.create(code=f"S{number}", name=f"S{number}", client=at.world.client_id)
        assert store.id
    assert queries_of(lambda: keeper.get("/repairs")) == few
    assert queries_of(lambda: keeper.get(f"/repairs/{key}")) == of_one


def test_the_devices_logbook_leads_to_the_order(at: Bench, engineer: FlaskClient) -> None:
    key = at.to("sent")
    page = engineer.get(f"/t/{at.world.tags[0]}").text
    assert f'href="/repairs/{key}"' in page
    assert at.order(key).number in page
