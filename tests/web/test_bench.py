"""The table of `make bench` hides nothing: an aim that is missed, a part that breaks."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench.measure import Figure
from tests.bench.traffic import COMMIT, Statement, commits


@pytest.mark.parametrize(
    ("value", "aim", "verdict"),
    [("1.51×", "≤ 1.5×", "MISSED because"), ("1.50×", "≤ 1.5×", "met"),
     ("45.1 kB", "≤ 45 kB", "MISSED because"), ("1,200 MB", "≤ 300 MB", "MISSED because"),
     ("185 MB", "≤ 200 MB", "met"), ("12", "fixed", ""), ("3.2 s", "", "")],
)  # fmt: skip
def test_a_missed_aim_says_so(value: str, aim: str, verdict: str) -> None:
    assert Figure("any", value, "", aim, "because").verdict == verdict


def test_a_part_that_breaks_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Path) -> list[Figure]:
        raise OSError("no such thing")

    monkeypatch.setattr(bench, "alone", lambda folder: nullcontext(folder))
    monkeypatch.setitem(bench.PARTS, "clocks", broken)
    (line,) = bench.measured("clocks")
    assert (line.value, line.against) == (bench.BROKEN, "OSError: no such thing")


def test_lines_of_other_parts_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "KEPT", tmp_path / "bench" / "figures.json")
    bench.keep("clocks", [Figure("a", "6×", "", "≤ 5×")])
    bench.keep("swap", [Figure("b", "1×")])
    text = bench.KEPT.read_text()
    assert '"MISSED"' in text
    assert '"swap"' in text


def test_rows_are_counted_by_commit() -> None:
    sent: list[Statement] = [
        ("SELECT 1", []), ("INSERT INTO a", [1]), (COMMIT, []), ("UPDATE b", []), ("DELETE c", []),
        (COMMIT, []),
    ]  # fmt: skip
    assert [len(part) for part in commits(sent)] == [1, 2]
