"""Printing: what an order prints, for whom, and what is said before (items 8, 14 and 18)."""

import io
import zipfile
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from roundtag import print_store, printers, printing, stocks, store_labels, tagging
from roundtag.errors import Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import Device, Unit
from roundtag.printing import PrintSheet
from tests import world as worlds
from tests.seeing import queries_of
from tests.tags.reading import render, symbols
from tests.world import World


@pytest.fixture(autouse=True)
def public_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roundtag.addresses.base_url", lambda: "https://av.example.com")


def spares() -> tuple[int, ...]:
    return tuple(unit.id for unit in Unit.select().where(Unit.serial.startswith("SPA")))


def texts(pdf: bytes, page: int = 0) -> set[str]:
    return {found.text for found in zxingcpp.read_barcodes(render(pdf, 300, page))}


def order(world: World, **values: object) -> PrintSheet:
    return replace(PrintSheet((*world.tags, world.room_tag)), **values)


def read(**fields: object) -> PrintSheet:
    pairs = [(k, v) for k, values in fields.items()
             for v in (values if isinstance(values, list) else [values])]  # fmt: skip
    return printing.read(Fields([(k, str(v)) for k, v in pairs]))


def refused(**fields: object) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        read(**fields)
    return {error.field: error.code for error in caught.value.errors}


def test_tags_and_spare_units_are_printed_with_what_they_are(world: World) -> None:
    made = printing.sheet(order(world, units=spares()), world.manager)
    assert (made.labels, made.mime) == (5, "application/pdf")
    codes = {f"https://AV.EXAMPLE.COM/T/{code}" for code in (*world.tags, world.room_tag)}
    assert texts(made.data) == codes | {"SN:SPA1", "SN:SPA2"}
    words = pypdfium2.PdfDocument(made.data)[0].get_textpage().get_text_range()
    assert all(word in words for word in ("扫码报修", "视频会议室", "SPA1", "备件库"))


def test_the_small_label_says_less(world: World) -> None:
    usual = printing.sheet(order(world), world.engineer).data
    small = printing.sheet(order(world, design="small"), world.engineer).data
    domains = [pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range().count("av.example")
               for pdf in (usual, small)]  # fmt: skip
    assert domains == [3, 1]  # the room's door label keeps its own


def test_a_blank_says_what_to_do_with_it(world: World) -> None:
    worlds.run(tagging.make_blanks, tagging.MakeBlanks(1, world.client_id))
    blank = tagging.lines(world.engineer, tagging.Filter(state="blank")).lines[0].code
    made = printing.sheet(PrintSheet((blank,)), world.engineer)
    words = pypdfium2.PdfDocument(made.data)[0].get_textpage().get_text_range()
    assert "领用后扫码绑定" in words
    assert "Scan to claim" in words


def test_others_tags_and_units_are_nothing(world: World, other: World) -> None:
    theirs = tuple(unit.id for unit in Unit.select().where(Unit.serial.startswith("SPB")))
    for wanted in (PrintSheet(tuple(other.tags)), PrintSheet((), units=theirs), PrintSheet()):
        with pytest.raises(NotFound):
            printing.sheet(wanted, world.engineer)
    assert printing.sheet(PrintSheet(tuple(other.tags)), other.engineer).labels == 2
    assert [u.serial for u in store_labels.units(world.engineer)] == ["SPA1", "SPA2"]


def test_the_same_labels_again_are_the_same_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = printing.sheet(order(world), world.engineer)
    monkeypatch.setattr(printing, "draw", lambda *_, **__: pytest.fail("drawn again"))
    assert printing.sheet(order(world), world.engineer).data == first.data
    monkeypatch.undo()
    monkeypatch.setattr("roundtag.addresses.base_url", lambda: "https://av.example.com")
    Device.update(name="改名").where(Device.id == world.devices[0].id).execute()
    assert printing.sheet(order(world), world.engineer).data != first.data


def test_kept_files_are_forgotten_when_nobody_asks(world: World) -> None:
    printing.sheet(order(world), world.engineer)
    assert print_store.forget(3600) == 0
    assert print_store.forget(-1) == 1


def test_14_a_printers_correction_is_in_its_prints(world: World) -> None:
    key = worlds.run(printers.keep_printer, printers.KeepPrinter("前台", "sheet", "L7160"))
    printer = int(key.subject_id or 0)
    plain = printing.sheet(order(world), world.engineer).data
    worlds.run(printers.calibrate, printers.Calibrate(printer, 21.0, 19.5, 170.0, 257.0))
    moved = printing.sheet(order(world, printer=printer), world.engineer).data
    on = stocks.get("L7160")
    before, after = symbols(plain, on)[0], symbols(moved, on)[0]
    assert (after.x, after.y) == pytest.approx((before.x - 1, before.y + 0.5), abs=0.02)


def test_21_a_roll_gives_pictures_or_a_zip_of_them(world: World) -> None:
    on = "Zebra-50x30"
    one = printing.sheet(PrintSheet((world.room_tag,), on, file="png"), world.engineer)
    assert (one.mime, one.name) == ("image/png", "roundtag-Zebra-50x30-1.png")
    picture = Image.open(BytesIO(one.data))
    assert (picture.mode, picture.size) == ("1", (400, 240))
    many = printing.sheet(order(world, stock=on, file="png"), world.engineer)
    assert many.mime == "application/zip"
    with zipfile.ZipFile(io.BytesIO(many.data)) as archive:
        assert len(archive.namelist()) == 3
        assert [found.text for found in zxingcpp.read_barcodes(
            Image.open(archive.open(archive.namelist()[0])).convert("L"))] == [
                f"https://AV.EXAMPLE.COM/T/{world.room_tag}"]  # fmt: skip


def test_a_printer_of_another_resolution_prints_the_same_label_in_its_dots(world: World) -> None:
    key = worlds.run(printers.keep_printer,
                     printers.KeepPrinter("仓库", "roll", "Zebra-50x30", 300.0))  # fmt: skip
    wanted = PrintSheet((world.room_tag,), "Zebra-50x30", file="png",
                        printer=int(key.subject_id or 0))  # fmt: skip
    picture = Image.open(BytesIO(printing.sheet(wanted, world.engineer).data))
    assert picture.size == (590, 354)


def test_the_preview_is_the_first_page_of_the_print(world: World) -> None:
    wanted = order(world, start=20, printer=None)
    seen, made = printing.preview(wanted, world.engineer), printing.sheet(wanted, world.engineer)
    shown = Image.open(BytesIO(seen.png)).convert("L")
    printed = render(made.data, 840 / 210 * 25.4).resize(shown.size)
    pairs = zip(shown.tobytes(), printed.tobytes(), strict=True)
    assert sum(abs(a - b) > 64 for a, b in pairs) < shown.width * shown.height / 1000
    assert (seen.pages, seen.labels, seen.near, seen.odd) == (2, 3, False, ())
    assert seen.symbol == pytest.approx(28.1, abs=1.1)


def test_small_symbols_and_odd_characters_are_told(world: World) -> None:
    Device.update(name="𠮷野 🎤").where(Device.id == world.devices[0].id).execute()
    seen = printing.preview(order(world, stock="L7651"), world.engineer)
    assert seen.near
    assert 15.0 < seen.symbol < 20.0
    assert [(odd.name, set(odd.signs)) for odd in seen.odd] == [("𠮷野 🎤", {"𠮷", "🎤"})]


def test_10_a_symbol_below_the_floor_is_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "https://rooms-and-equipment.av.example-company.com.cn/ops"
    monkeypatch.setattr("roundtag.addresses.base_url", lambda: long)
    with pytest.raises(Invalid) as caught:
        printing.sheet(order(world, stock="L7651"), world.engineer)
    (error,) = caught.value.errors
    assert (error.field, error.code) == ("stock", "small")


def test_what_the_form_refuses(store: str) -> None:
    assert refused(stock="L7160") == {"tag": "required"}
    assert refused(tag="x", stock="nope") == {"stock": "unknown"}
    assert refused(tag="x") == {"stock": "required"}
    assert refused(tag="x", stock="L7160", start=22) == {"start": "range"}
    assert refused(tag="x", stock="L7160", file="png") == {"file": "sheet"}
    assert refused(tag="x", stock="L7160", printer=77) == {"printer": "unknown"}
    assert "tag" in refused(unit="1x", stock="L7160")
    assert refused(tag="x", unit="1x", stock="L7160") == {"tag": "unknown"}
    assert refused(tag=["x"] * 5001, stock="L7160") == {"tag": "many"}
    assert read(tag="x", stock="Zebra-50x30", start=7).start == 1


def test_a_printer_takes_its_kind_of_stock_only(world: World) -> None:
    key = worlds.run(printers.keep_printer, printers.KeepPrinter("前台", "sheet", "L7160"))
    number = key.subject_id
    assert refused(tag="x", stock="Zebra-50x30", printer=number) == {"printer": "kind"}
    assert read(tag="x", stock="L7163", printer=number).printer == number


def test_what_a_person_printed_with_is_offered_again(world: World) -> None:
    assert printers.habit(world.engineer) == printers.Habit(None, "")
    key = worlds.run(printers.keep_printer, printers.KeepPrinter("前台", "sheet", "L7160"))
    number = int(key.subject_id or 0)
    printers.remember(world.engineer, number, "L7163")
    printers.remember(world.engineer, number, "5163")
    assert printers.habit(world.engineer) == printers.Habit(number, "5163")
    assert printers.habit(world.manager) == printers.Habit(None, "")
    worlds.run(printers.retire_printer, printers.RetirePrinter(number))
    assert printers.habit(world.engineer) == printers.Habit(None, "5163")


def test_an_order_costs_the_same_queries_for_one_and_for_all(world: World) -> None:
    one = PrintSheet((world.room_tag,), units=spares()[:1])
    few = queries_of(lambda: printing.labels_of(one, world.manager))
    all_of_them = order(world, units=spares())
    assert queries_of(lambda: printing.labels_of(all_of_them, world.manager)) == few
