"""Printing through the browser: sheet form, preview, stock, printers, prints of many."""

import io
from io import BytesIO

import pypdfium2
import pytest
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader

from roundtag import printers, prints, stocks
from roundtag.models import LabelStock, Printer, PrintFile, PrintRun, Submission, Unit
from tests import storecounting
from tests import world as worlds
from tests.seeing import snapshot
from tests.tags.reading import decoded, render
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World

HTMX = {"HX-Request": "true"}
STOCK = {"name": "得力 2×5", "kind": "sheet", "page_w": "210", "page_h": "297", "label_w": "95",
         "label_h": "50", "columns": "2", "rows": "5", "corner_x": "8", "corner_y": "20",
         "pitch_x": "98", "pitch_y": "52"}  # fmt: skip


@pytest.fixture
def english(engineer: FlaskClient) -> FlaskClient:
    engineer.set_cookie("lang", "en")
    return engineer


def choice(world: World, **more: object) -> dict[str, object]:
    return {"tag": world.tags, "stock": "L7160", "start": "7", **more}


def a_printer(**values: object) -> int:
    order = printers.KeepPrinter(**{"name": "前台", "kind": "sheet", "stock": "L7163", **values})
    return int(worlds.run(printers.keep_printer, order).subject_id or 0)


def test_a_sheet_starts_at_label_7(english: FlaskClient, world: World) -> None:
    answer = english.post("/tags/sheets", data=choice(world))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert len(PdfReader(BytesIO(answer.data)).pages) == 1


def test_the_preview_alone_for_htmx_and_in_the_page_without(
    english: FlaskClient, world: World
) -> None:
    part = english.post("/tags/preview", data=choice(world), headers=HTMX)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "data:image/png;base64," in part.text
    assert "Page 1 of 1 · 2 labels" in part.text
    whole = english.post("/tags/preview", data=choice(world))
    page = Page(whole.text)
    assert "data:image/png;base64," in whole.text
    chosen = {b.get("value") for b in page.all("input", name="tag") if "checked" in b.attributes}
    assert chosen == set(world.tags)
    starts = [b.get("value") for b in page.all("input", name="start") if "checked" in b.attributes]
    assert starts == ["7"]


def test_a_preview_of_nothing_says_what_to_do(english: FlaskClient) -> None:
    part = english.post("/tags/preview", data={"stock": "L7160"}, headers=HTMX)
    assert part.status_code == 200
    assert "Choose at least one tag." in part.text


def test_small_symbols_are_warned_of(english: FlaskClient, world: World) -> None:
    part = english.post("/tags/preview", data=choice(world, stock="L7651"), headers=HTMX)
    assert "close up only" in part.text


def test_spare_units_are_listed_and_printed(english: FlaskClient, world: World) -> None:
    shown = english.get("/tags/sheets?of=spares")
    assert "SPA1" in shown.text
    assert "SPB1" not in shown.text
    unit = Unit.get(Unit.serial == "SPA1")
    answer = english.post("/tags/sheets", data={"unit": unit.id, "stock": "Zebra-50x30",
                                                "file": "png"})  # fmt: skip
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_printer_and_stock_are_offered_again(english: FlaskClient, world: World) -> None:
    key = a_printer()
    english.post("/tags/sheets", data=choice(world, printer=key, stock="L7163"))
    page = Page(english.get("/tags/sheets").text)
    (chosen,) = [o for o in page.all("option") if "selected" in o.attributes]
    stock = [b.get("value") for b in page.all("input", name="stock") if "checked" in b.attributes]
    assert (chosen.get("value"), stock) == (str(key), ["L7163"])


def test_many_labels_become_a_print_of_their_own(
    english: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prints, "MOST_AT_ONCE", 1)
    answer = english.post("/tags/sheets", data=choice(world))
    assert answer.status_code == 303
    waiting = english.get(answer.location)
    assert "0 of 2 labels are drawn" in waiting.text
    assert 'hx-trigger="every 1s"' in waiting.text
    assert '<meta http-equiv="refresh"' in waiting.text
    assert english.get(f"{answer.location}/file").status_code == 404
    prints.make(PrintFile.get().key)
    part = english.get(answer.location, headers=HTMX)
    assert "2 labels are ready." in part.text
    assert "every 1s" not in part.text
    file = english.get(f"{answer.location}/file")
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    assert answer.location in english.get("/tags/prints").text
    assert "/tags/prints" in english.get("/tags/sheets").text


def test_another_persons_print_is_not_found(
    english: FlaskClient, world: World, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prints, "MOST_AT_ONCE", 1)
    place = english.post("/tags/sheets", data=choice(world)).location
    prints.make(PrintFile.get().key)
    stranger = signed_in("manager-a")
    for path in (place, f"{place}/file"):
        assert stranger.get(path).status_code == 404
    assert place not in stranger.get("/tags/prints").text


def test_a_stock_is_checked_while_it_is_typed(english: FlaskClient) -> None:
    good = english.post("/tags/stocks/check", data=STOCK, headers=HTMX)
    assert "10 labels on a page" in good.text
    bad = english.post("/tags/stocks/check", data={**STOCK, "pitch_x": "90"}, headers=HTMX)
    assert "would overlap" in bad.text
    taken = english.post("/tags/stocks/check", data={**STOCK, "name": "L7160"}, headers=HTMX)
    assert "Another stock has this name." in taken.text
    assert LabelStock.select().count() == 0


def test_a_stock_is_kept_once_however_often_it_is_sent(english: FlaskClient, world: World) -> None:
    form = Page(english.get("/tags/stocks").text).form("/tags/stocks").filled()
    for _ in range(2):
        answer = english.post("/tags/stocks", data={**form, **STOCK})
        assert (answer.status_code, answer.location) == (303, "/tags/stocks")
    assert LabelStock.select().count() == 1
    assert STOCK["name"] in english.get("/tags/sheets").text
    printed = english.post("/tags/sheets", data=choice(world, stock=STOCK["name"], start="10"))
    assert printed.mimetype == "application/pdf"


def test_a_refused_stock_keeps_what_was_typed(english: FlaskClient) -> None:
    before = snapshot()
    answer = english.post("/tags/stocks", data={**STOCK, "rows": "7"})
    assert answer.status_code == 422
    assert "would end at" in answer.text
    form = Page(answer.text).form("/tags/stocks").filled()
    assert (form["name"], form["rows"]) == (STOCK["name"], "7")
    assert snapshot() == before


def test_a_stock_is_changed_and_put_away(english: FlaskClient) -> None:
    english.post("/tags/stocks", data=STOCK)
    (own,) = stocks.own()
    path = f"/tags/stocks/{own.id}"
    form = Page(english.get(path).text).form(path).filled()
    assert (form["pitch_x"], form["columns"], form["kind"]) == ("98", "2", "sheet")
    assert english.post(path, data={**form, "rows": "4"}).status_code == 303
    assert stocks.one(own.id).stock.grid == (2, 4)
    assert english.post(f"{path}/retirement").status_code == 303
    assert english.get(path).status_code == 404
    assert english.post(path, data=STOCK).status_code == 404


def test_a_printer_is_named_measured_and_corrected(english: FlaskClient) -> None:
    form = Page(english.get("/tags/printers").text).form("/tags/printers").filled()
    answer = english.post("/tags/printers", data={**form, "name": "前台", "stock": "L7160"})
    key = Printer.get().id
    assert answer.location == f"/tags/printers/{key}"
    page = english.get(f"/tags/printers/{key}/calibration.pdf")
    assert page.data.startswith(b"%PDF")
    measures = {"left": "21", "top": "20", "across": "170", "down": "257"}
    place = f"/tags/printers/{key}/calibration"
    assert english.post(place, data=measures).status_code == 303
    assert "right -1.00 mm" in english.get(f"/tags/printers/{key}").text
    refused = english.post(place, data={**measures, "across": "163", "down": "246.5"})
    assert refused.status_code == 422
    assert "Print it again at 100 %" in refused.text
    assert Page(refused.text).form(place).filled()["left"] == "21"
    assert Printer.get().offset_x == -1000


def test_a_printer_is_changed_and_put_away(english: FlaskClient) -> None:
    key = a_printer()
    path = f"/tags/printers/{key}"
    changed = english.post(path, data={"name": "仓库", "stock": "Zebra-40x60", "dpi": "300"})
    assert changed.status_code == 303
    assert printers.one(key).kind == "roll"
    assert english.post(path, data={"name": "", "stock": "L7160"}).status_code == 422
    assert english.post(f"{path}/retirement").status_code == 303
    assert english.get(path).status_code == 404


@pytest.mark.parametrize("name", ["viewer-a"])
def test_a_viewer_prints_nothing(signed_in: SignIn, world: World, name: str) -> None:
    browser = signed_in(name)
    before = Submission.select().count()
    for path in ("/tags/preview", "/tags/stocks", "/tags/printers"):
        assert browser.post(path, data={**choice(world), **STOCK}).status_code == 403
    assert browser.get("/tags/prints").status_code == 403
    assert Submission.select().count() == before


def test_all_shelves_of_a_store_are_printed_at_once_and_logged(
    english: FlaskClient, world: World
) -> None:
    """The symbol says where it is, as the counting page reads it."""
    store = Unit.get(Unit.serial == "SPA1").store_id
    page = Page(english.get(f"/tags/sheets?of=shelves&in_store={store}").text)
    chosen = [b.get("value") for b in page.all("input", name="shelf") if "checked" in b.attributes]
    assert chosen == [f"{store}:A-1", f"{store}:A-2"]
    answer = english.post("/tags/sheets", data={"shelf": chosen, "stock": "L7160"})
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    image = render(answer.data, 200)
    assert sorted(decoded(image)) == ["SHELF:KA/A-1", "SHELF:KA/A-2"]
    text = pypdfium2.PdfDocument(answer.data)[0].get_textpage().get_text_range()
    assert "A-1" in text
    assert "备件库" in text
    roll = english.post("/tags/sheets", data={"shelf": chosen[0], "stock": "Zebra-50x30",
                                              "file": "png"})  # fmt: skip
    assert decoded(Image.open(io.BytesIO(roll.data))) == ["SHELF:KA/A-1"]
    assert [run.count for run in PrintRun.select().order_by(PrintRun.id)] == [2, 1]
    assert "2 labels" in english.get("/tags/log").text
    other = Unit.get(Unit.serial == "SPB1").store_id
    for strange in (f"{other}:A-1", "999:x", "x"):
        sent = {"shelf": strange, "stock": "L7160"}
        assert english.post("/tags/sheets", data=sent).status_code == 404


def test_units_are_chosen_by_store_shelf_slip_and_day(english: FlaskClient, world: World) -> None:
    store = Unit.get(Unit.serial == "SPA1").store
    storecounting.add_unit("NEW1", store, "A-1")

    def offered(query: str) -> set[str]:
        page = Page(english.get(f"/tags/sheets?of=spares&{query}").text)
        keys = [int(box.get("value") or 0) for box in page.all("input", name="unit")]
        return {unit.serial for unit in Unit.select().where(Unit.id << keys)}

    assert offered(f"in_store={store.id}") == {"SPA1", "SPA2", "NEW1"}
    assert offered(f"in_store={store.id}&on_shelf=A-1") == {"SPA1", "NEW1"}
    assert offered("today=1") == {"NEW1"}
    assert offered("slip=SL-99-0001") == set()
    assert offered("in_store=x") == {"SPA1", "SPA2", "NEW1"}
