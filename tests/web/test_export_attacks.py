"""Everything that leaves as a file, with words that are formulas, header lines and paths at once.

The files are found by asking every route: a new export is tried by itself. (Attack: Export.)
"""

import csv
import io
import itertools
import re
import socket
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from roundtag.models import RoleRule
from roundtag.register import neutral
from tests.web.conftest import SignIn
from tests.web.mirror import Mirror, mirrored
from tests.web.test_foreign_keys import addresses
from tests.web.test_fuzz import Target
from tests.web.test_fuzz import wanted as wanted
from tests.world import World

WORD = 'cmd|"/../x\r\nX-Evil: 1\r\n'
STARTS = ("=", "+", "-", "@", "\t", "\r")
FOUND = {"consumables.csv", "consumables.xlsx", "hotline.csv", "loaners.csv", "repairs.xlsx",
         "slips.csv", "stock_lists.plan_xlsx", "stock_lists.reorder_xlsx", "stocktakes.csv",
         "stocktakes.xlsx", "storecounts.xlsx"}  # fmt: skip


OURS = ("number", "period")
"""Columns that no person writes."""


def spoiler() -> Callable[[str, str], str]:
    """Puts WORD behind each of STARTS in turn before what people wrote."""
    turns = itertools.cycle(STARTS)
    return lambda column, text: f"{text}9" if column in OURS else f"{next(turns)}{WORD}{text}"


def answers(app: Flask, browser: FlaskClient, mirror: Mirror) -> dict[str, TestResponse]:
    """The answer of each route that is a file, with keys of the spoilt client."""
    found = {}
    for endpoint, path in addresses(app, mirror).items():
        answer = browser.get(path)
        assert answer.status_code < 500, path
        if answer.status_code == 200 and "Content-Disposition" in answer.headers:
            found[endpoint.split()[0]] = answer
    return found


def test_no_file_that_leaves_holds_a_formula_or_a_header(
    app: Flask, world: World, other: World, wanted: list[Target], signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    RoleRule.delete().execute()
    mirror = mirrored(world, other, spoiler())
    browser = signed_in("admin-all")

    def outside(*_: object, **__: object) -> None:
        raise AssertionError("a file is fetched from somewhere")

    monkeypatch.setattr(socket, "getaddrinfo", outside)
    found = answers(app, browser, mirror)
    assert set(found) >= FOUND, sorted(found)
    seen = 0
    for endpoint, answer in found.items():
        named(endpoint, answer)
        seen += b"cmd|" in answer.data
        if answer.mimetype == "text/csv":
            quoted(endpoint, answer.data)
        elif answer.data.startswith(b"PK") and b"xl/workbook.xml" in answer.data:
            typed(endpoint, answer.data)
    assert seen > 2


def named(endpoint: str, answer: TestResponse) -> None:
    """One header of one line, whose name is a plain name."""
    assert "X-Evil" not in answer.headers, endpoint
    assert answer.headers["X-Content-Type-Options"] == "nosniff", endpoint
    said = answer.headers["Content-Disposition"]
    assert re.match(r"(inline|attachment)(; filename\*?=|$)", said), endpoint
    for name in re.findall(r'filename\*?="?([^";]*)', said):
        assert not re.search(r"[\r\n/\\]|\.\.|%2F|%0D|%0A", name), (endpoint, name)


def quoted(endpoint: str, data: bytes) -> None:
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        assert not [cell for cell in row if cell.startswith(neutral.RISKY)], (endpoint, row)


def typed(endpoint: str, data: bytes) -> None:
    for sheet in load_workbook(io.BytesIO(data)):
        for cell in (one for row in sheet.iter_rows() for one in row):
            assert cell.data_type != "f", (endpoint, cell.coordinate)
            assert not cell.hyperlink, (endpoint, cell.coordinate)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.namelist()
    assert not [name for name in names if "external" in name.lower() or "vba" in name.lower()]


def test_a_cell_without_its_mark_is_noticed() -> None:
    """The test of the test: a CSV and a workbook that leave a formula as it is."""
    with pytest.raises(AssertionError):
        quoted("x", b"a,=1+1\r\n")


@pytest.mark.parametrize("start", STARTS)
def test_each_sign_that_starts_a_formula_is_marked(start: str) -> None:
    cells = neutral.csv_file([[f"{start}1+1", f"'{start}1"]]).decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(cells, newline=""))) == [f"'{start}1+1", f"''{start}1"]
    assert neutral.unguard(f"'{start}1+1") == f"{start}1+1"
