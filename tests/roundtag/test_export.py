"""What goes out comes in unchanged, in both formats and languages, and harms no spreadsheet."""

import csv
import io
import tracemalloc
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from roundtag import access, clock, data, register
from roundtag.db import database
from roundtag.errors import NotFound
from roundtag.models import Device, Unit
from roundtag.register import export, neutral
from roundtag.register.columns import COLUMNS, KINDS
from roundtag.register.export import Export
from tests import world as worlds
from tests.roundtag.test_register import (
    DEVICES,
    SMALL,
    add_client,
    bring,
    client,  # noqa: F401
    demo,
    state,
)
from tests.seeing import queries_of
from tests.world import World

CATEGORIES = [one.code for one in data.categories() if one.code != "room"]
SIGNS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"))
START = st.sampled_from(["", "", "=", "+1", "-", "@x", "'", "'=", "''-", "＝", '"', ",", ";", "0"])
TEXT = st.builds(lambda start, rest: start + rest, START, st.text(SIGNS, max_size=12))
DAYS = st.none() | st.dates(date(1970, 1, 1), date(2100, 12, 31))


def normal(text: str) -> bool:
    """What the import would store of it is the text itself."""
    return text == text.strip() and unicodedata.normalize("NFKC", text) == text


NAMES = TEXT.filter(normal)
MUST = NAMES.filter(bool)


def rows(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(more)


REGISTERS = st.fixed_dictionaries({
    "rooms": st.lists(rows(
        site=MUST, building=MUST, floor=NAMES, name=MUST, capacity=st.none() | st.integers(0, 99),
        kind=st.sampled_from([one.code for one in data.room_kinds()]), remarks=NAMES,
    ), min_size=1, max_size=3),
    "devices": st.lists(rows(
        name=MUST, category=st.sampled_from(CATEGORIES), maker=MUST, model=MUST, position=NAMES,
        asset_number=NAMES, key_device=st.booleans(), supplier=NAMES, warranty_until=DAYS,
        installed_on=DAYS, ip_address=st.sampled_from(["", "10.0.0.1", "fe80::1"]),
        owner=st.sampled_from(["", "owner-1"]), remarks=NAMES, firmware=NAMES,
        backup=st.none() | st.integers(0, 3),
    ), max_size=4),
    "spares": st.lists(rows(
        store=MUST, category=st.sampled_from(CATEGORIES), maker=MUST, model=MUST, shelf=NAMES,
        warranty_until=DAYS,
    ), max_size=3),
})  # fmt: skip


def files(given: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str]]:
    """The register as CSV written plainly, with codes and serial numbers of its own."""
    found = []
    for kind in KINDS:
        out = io.StringIO()
        lines = csv.writer(out)
        fields = [column.field for column in COLUMNS[kind]]
        lines.writerow([column.names[0] for column in COLUMNS[kind]])
        for number, values in enumerate(given[kind]):
            own = {"code": f"{kind[0]}{number}", "serial": f"{kind}-{number}", "room": "r0"}
            full = {**own, **_backup(number, values, len(given[kind])), **values}
            cells = [full.get(field, "") for field in fields]
            lines.writerow([_cell(cell) for cell in cells])
        if given[kind]:
            found.append((f"{kind}.csv", out.getvalue()))
    return found


def _backup(number: int, values: dict[str, Any], count: int) -> dict[str, str]:
    """Another device of the file, in this row or a later one; none where it would be itself."""
    other = values.get("backup")
    return {"backup_device": f"d{other}"} if other not in (None, number) and other < count else {}


def _cell(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return "" if cell is None else neutral.guard(str(cell))


def out(client_id: int, kinds: tuple[str, ...], form: str, locale: str = "zh",
        actor: access.Actor = access.SYSTEM) -> bytes:  # fmt: skip
    target = io.BytesIO()
    export.write(target, Export(client_id, kinds, form, locale), actor)  # type: ignore[arg-type]
    return target.getvalue()


def everything(client_id: int, form: str, locale: str) -> list[tuple[str, bytes]]:
    if form == "xlsx":
        return [("all.xlsx", out(client_id, KINDS, form, locale))]
    return [(f"{kind}.csv", out(client_id, (kind,), form, locale)) for kind in KINDS]


def meaning(files: list[tuple[str, bytes]]) -> Any:
    reading = register.sheets.read(files)
    return [(sheet.kind, [row.values for row in sheet.rows]) for sheet in reading.sheets]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(REGISTERS, st.sampled_from(["csv", "xlsx"]), st.sampled_from(["zh", "en"]))
def _round_trip(given: dict[str, Any], form: str, locale: str) -> None:
    with database.atomic() as inner:
        first = add_client("ONE")
        worlds.person("owner-1", ("engineer", "provider", None))
        bring(first, *files(given))
        gone = everything(first, form, locale)
        before = state()
        assert bring(first, *gone).receipt is None
        assert state() == before
        Unit.update(serial=Unit.serial.concat("-old")).execute()
        second = add_client("TWO")
        bring(second, *gone)
        assert meaning(again(second, form, locale)) == meaning(gone)
        inner.rollback()


def again(client_id: int, form: str, locale: str) -> list[tuple[str, bytes]]:
    """The second client's export; spares are the provider's, so the old ones are put aside."""
    Unit.update(place="repair", store=None).where(Unit.serial.endswith("-old")).execute()
    return everything(client_id, form, locale)


def test_any_register_goes_out_and_comes_in_unchanged(client: int) -> None:  # noqa: F811
    _round_trip()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_demo_goes_out_and_comes_in_unchanged(client: int, form: str, locale: str) -> None:  # noqa: F811
    register.submit(demo(), client, access.SYSTEM)
    gone = everything(client, form, locale)
    report = register.submit(gone, client, access.SYSTEM)
    assert (report.receipt, report.warnings) == (None, ())
    assert {kind: fates["unchanged"] for kind, fates in report.counts.items()} == {
        "rooms": 5, "devices": 80, "spares": 28,
    }  # fmt: skip


def test_a_csv_begins_with_its_mark_and_runs_no_formula(client: int) -> None:  # noqa: F811
    evil = '=HYPERLINK(""http://evil.example"")'
    bring(client, *SMALL[:1], ("d.csv", DEVICES.replace("投影机,projector", f'"{evil}",projector')))
    text = out(client, ("devices",), "csv").decode("utf-8")
    assert text.startswith("\ufeff会议室编号,设备编号")
    assert "'=HYPERLINK" in text
    for row in csv.reader(io.StringIO(text)):
        assert not [cell for cell in row if cell.startswith(neutral.RISKY)]


def test_a_workbook_holds_texts_days_and_numbers_and_nothing_that_runs(client: int) -> None:  # noqa: F811
    bring(client, *SMALL[:1], ("d.csv", DEVICES.replace("投影机,projector", "=1+1,projector")))
    book = load_workbook(io.BytesIO(out(client, KINDS, "xlsx")))
    cells = {cell.value: cell.data_type for row in book["设备"] for cell in row if cell.value}
    assert cells["=1+1"] == "s"
    assert "f" not in cells.values()
    assert book["会议室"]["G2"].value == 20
    assert book.sheetnames == ["会议室", "设备", "备件"]
    assert load_workbook(io.BytesIO(out(client, KINDS, "xlsx", "en"))).sheetnames == [
        "Rooms", "Devices", "Spares",
    ]  # fmt: skip


def test_what_cannot_come_in_again_does_not_go_out(client: int) -> None:  # noqa: F811
    bring(client, *SMALL)
    Device.update(retired_at=clock.now()).where(Device.code == "P1").execute()
    Unit.update(device=None, place="repair").where(Unit.serial == "S-2").execute()
    assert meaning([("d.csv", out(client, ("devices",), "csv"))])[0][1] == []


def test_who_may_read_what(world: World, other: World) -> None:
    stranger = worlds.person("stranger", ("manager", "client", other.client_id))
    with pytest.raises(NotFound):
        out(world.client_id, ("rooms",), "csv", actor=stranger)
    assert "A301" in out(world.client_id, ("rooms",), "csv", actor=world.viewer).decode()
    own = out(other.client_id, ("spares",), "csv", actor=stranger).decode()
    assert "SPB1" in own
    assert "SPA1" not in own
    assert export.name(Export(world.client_id, ("rooms",)), world.viewer).startswith(
        "roundtag-A-rooms-2"
    )


def test_an_export_is_read_some_rows_at_a_time(
    client: int, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:  # fmt: skip
    lines = "".join(f"园区,主楼,R{n},会议室,会议室,20\n" for n in range(1000))
    bring(client, ("r.csv", SMALL[0][1].split("\n")[0] + "\n" + lines))
    whole = out(client, ("rooms",), "csv")
    few = queries_of(lambda: out(client, ("rooms",), "csv"))
    monkeypatch.setattr(export, "AT_ONCE", 100)
    assert out(client, ("rooms",), "csv") == whole
    assert queries_of(lambda: out(client, ("rooms",), "csv")) == few + 9
    tracemalloc.start()
    out(client, ("rooms",), "xlsx")
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()
