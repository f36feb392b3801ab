"""The pages of stores: what they show, what their forms keep, and what a client never sees."""

import io
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from blueprints.cli import stock as cli
from roundtag import db
from roundtag.models import DeviceModel, StockLevel, Store, Unit
from roundtag.storekeeping import catalogue, rules
from tests.roundtag import stocking
from tests.web.conftest import SignIn
from tests.world import World


@pytest.fixture
def keeper(signed_in: SignIn) -> FlaskClient:
    return signed_in("storekeeper-all")


def new_part(browser: FlaskClient, **more: str) -> Any:
    return browser.post("/stock/parts", data={
        "category": "microphone", "maker": "南孚", "name": "LR6", "tracking": "count",
        "price": "2.5", **more})  # fmt: skip


def test_a_part_from_the_form_to_the_shelf(world: World, keeper: FlaskClient) -> None:
    part = new_part(keeper).location
    assert part.startswith("/stock/parts/")
    store = keeper.post(
        "/stock/stores", data={"name": "总库", "code": "ZK", "kind": "depot"}
    ).location
    pair = f"{store}{part.removeprefix('/stock')}"
    assert "2.50 CNY" in keeper.get(part).text
    page = keeper.get(pair).text
    assert "期初库存" in page
    assert keeper.post(f"{pair}/opening", data={"quantity": "5"}).status_code == 303
    assert "期初库存</h2>" not in keeper.get(pair).text
    key = int(part.rsplit("/", 1)[1])
    seen = rules.digest(None)
    answer = keeper.post(f"{pair}/rule", data={"minimum": "8", "on_order": "2", "seen": seen})
    assert answer.status_code == 303
    assert "低于下限" in keeper.get(store).text
    listed = keeper.get("/stock?low=1").text
    assert "南孚 LR6" in listed
    assert "CB-L500" not in listed
    assert StockLevel.get(StockLevel.model == key).quantity == 5
    sheet = openpyxl.load_workbook(io.BytesIO(keeper.get("/stock/reorder.xlsx?in=en").data)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[3]][:8] == ["总库", "南孚 LR6", 5, 8, 2, 1, 2.5, 2.5]


def test_a_refused_form_keeps_what_was_typed(world: World, keeper: FlaskClient) -> None:
    answer = new_part(keeper, price="teuer", maker="金霸王")
    assert answer.status_code == 422
    assert 'value="金霸王"' in answer.text
    assert 'value="teuer"' in answer.text
    answer = keeper.post("/stock/stores", data={"name": "包", "code": "B", "kind": "bag"})
    assert answer.status_code == 422
    assert "请选择携带人" in answer.text
    own = Store.get(Store.client == world.client_id).id
    part = stocking.projector().id
    answer = keeper.post(f"/stock/stores/{own}/parts/{part}/rule", data={"minimum": "many"})
    assert answer.status_code == 422
    assert 'value="many"' in answer.text


def test_who_comes_second_is_told_and_keeps_what_they_typed(
    world: World, keeper: FlaskClient
) -> None:
    part = new_part(keeper).location
    row = DeviceModel.get(DeviceModel.name == "LR6")
    form = {"category": "microphone", "maker": "南孚", "name": "LR6", "tracking": "count",
            "seen": catalogue.digest(row)}  # fmt: skip
    assert keeper.post(f"{part}/edit", data={**form, "price": "3"}).status_code == 303
    second = keeper.post(f"{part}/edit", data={**form, "price": "4"})
    assert second.status_code == 409
    assert 'value="4"' in second.text
    assert catalogue.digest(DeviceModel.get(DeviceModel.name == "LR6")) in second.text
    assert DeviceModel.get(DeviceModel.name == "LR6").price == "3.00"


def test_a_discontinued_model_is_flagged_everywhere(world: World, keeper: FlaskClient) -> None:
    DeviceModel.update(discontinued_on="2025-01-01").where(DeviceModel.name == "CB-L500").execute()
    own, model = stocking.own_store(world).id, stocking.projector().id
    unit = Unit.get(Unit.serial == "SPA1").id
    stocking.ruled(own, model, 9)
    newer = stocking.part("EB-900", "serial", category="projector")
    pages = ("/stock", "/stock/parts", f"/stock/parts/{model}", f"/stock/stores/{own}",
             f"/stock/stores/{own}/parts/{model}", f"/units/{unit}", "/stock/plan",
             "/stock/reorder")  # fmt: skip
    for path in pages:
        assert "未指定替代型号" in keeper.get(path).text, path
    lower = {"substitute": str(model), "grade": "same"}
    assert keeper.post(f"/stock/parts/{model}/substitutes", data=lower).status_code == 422
    named = {"substitute": str(newer), "grade": "same", "note": "同安装孔"}
    assert keeper.post(f"/stock/parts/{model}/substitutes", data=named).status_code == 303
    for path in pages:
        text = keeper.get(path).text
        assert "未指定替代型号" not in text, path
        assert "EB-900" in text, path
    gone = f"/stock/parts/{model}/substitutes/{newer}/removal"
    assert keeper.post(gone).status_code == 303
    assert "未指定替代型号" in keeper.get("/stock/parts").text


def test_a_serial_number_typed_in_the_search_opens_the_unit(
    world: World, keeper: FlaskClient, signed_in: SignIn
) -> None:
    unit = Unit.get(Unit.serial == "SPA1")
    assert keeper.get("/stock?q=spa1").location == f"/units/{unit.id}"
    assert signed_in("viewer-b").get("/stock?q=SPA1").status_code == 200
    page = keeper.get(f"/units/{unit.id}").text
    assert "SPA1" in page
    moved = keeper.post(f"/units/{unit.id}/shelf", data={"shelf": "C-9", "seen": "A-1"})
    assert moved.status_code == 303
    fixed = keeper.post(f"/units/{unit.id}/edit", data={"serial": "", "reason": ""})
    assert fixed.status_code == 422
    assert keeper.get(f"/units/{unit.id}/edit").status_code == 200


def test_a_clients_person_reads_their_own_stores_only(
    world: World, other: World, signed_in: SignIn
) -> None:
    depot, theirs = stocking.depot("昆明总库"), stocking.own_store(other).id
    stocking.opened(depot, stocking.part("LR6"), 5)
    viewer, own = signed_in("viewer-a"), stocking.own_store(world).id
    assert viewer.get(f"/stock/stores/{own}").status_code == 200
    for store in (depot, theirs):
        assert viewer.get(f"/stock/stores/{store}").status_code == 404
    for path in ("/stock", "/stock/stores", "/stock/stores?all=1"):
        text = viewer.get(path).text
        assert "昆明总库" not in text
        assert "LR6" not in text
    for path in ("/stock/parts", "/stock/plan", "/stock/plan.xlsx", "/stock/reorder",
                 "/stock/reorder.xlsx"):  # fmt: skip
        assert viewer.get(path).status_code == 403
    assert 'href="/stock/parts' not in viewer.get("/stock").text


def test_a_store_is_retired_only_when_empty(world: World, keeper: FlaskClient) -> None:
    own = stocking.own_store(world).id
    answer = keeper.post(f"/stock/stores/{own}/retirement", follow_redirects=True)
    assert "2 × 爱普生 CB-L500" in answer.text
    empty = stocking.depot("空库")
    assert keeper.post(f"/stock/stores/{empty}/retirement").location == "/stock/stores"
    assert "空库已停用" in keeper.get("/stock/stores").text  # said once, and not listed
    assert "空库" not in keeper.get("/stock/stores").text
    assert "空库" in keeper.get("/stock/stores?all=1").text
    assert keeper.get(f"/stock/stores/{empty}").status_code == 200


def test_lists_keep_filter_and_place(world: World, keeper: FlaskClient) -> None:
    for number in range(55):
        stocking.part(f"P{number:02}")
    first = keeper.get("/stock/parts?q=P&sort=name&down=1").text
    assert "/stock/parts?q=P&amp;down=1&amp;page=2" in first
    second = keeper.get("/stock/parts?q=P&down=1&page=2").text
    assert 'value="P"' in second
    assert "P00" in second
    assert "P54" not in second
    for odd in (
        "page=99999",
        "page=-1",
        "store=x",
        "sort=x",
        "category=x",
        "low=2",
        "store=999999",
    ):
        assert keeper.get(f"/stock?{odd}").status_code == 200


def test_the_plan_is_told_in_two_languages(world: World, keeper: FlaskClient) -> None:
    for language, word in (("zh", "建议储备"), ("en", "Suggested")):
        content = keeper.get(f"/stock/plan.xlsx?in={language}").data
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert sheet is not None
        assert word in [cell.value for cell in sheet[2]]


def test_the_command_line_tells_what_does_not_add_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(cli, "opened", nullcontext)
    good = CliRunner().invoke(cli.command, ["check"])
    assert (good.exit_code, "agree" in good.output) == (0, True)
    StockLevel.update(quantity=7).execute()
    bad = CliRunner().invoke(cli.command, ["check"])
    assert bad.exit_code == 1
    assert "its level says 7" in bad.output
    assert db.database.in_transaction()
