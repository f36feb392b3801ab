"""The audit of dependencies fails on what is known, and never calls silence a success."""

import importlib.util
from datetime import date
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BIN = Path(__file__).resolve().parents[2] / "bin" / "audit"
TODAY = date(2026, 11, 26)
EXCUSE = {"reason": "not reachable: we never parse such files", "until": "2026-12-31"}


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    loader = SourceFileLoader("audit", str(BIN))
    spec = importlib.util.spec_from_loader("audit", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["audit"] = module
    loader.exec_module(module)
    return module


def told(*packages: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": list(packages), "fixes": []}


SOUND = {"name": "flask", "version": "3.1.3", "vulns": []}
HOLED = {
    "name": "old",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}],
}
SKIPPED = {"name": "apsw", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(("known", "fails"), [
    ({}, True),
    ({"PYSEC-1": EXCUSE}, False),
    ({"PYSEC-1": {**EXCUSE, "until": "2026-11-25"}}, True),
    ({"PYSEC-1": {**EXCUSE, "reason": ""}}, True),
    ({"PYSEC-2": EXCUSE}, True),
])  # fmt: skip
def test_a_known_hole_fails_unless_it_is_excused_for_now(
    audit: ModuleType, known: dict[str, Any], fails: bool
) -> None:
    verdict = audit.judge(told(SOUND, HOLED), known, TODAY)
    assert bool(verdict.found) is fails
    assert any("PYSEC-1" in line for line in audit.report("x", verdict)) is fails


def test_what_was_not_looked_at_is_said_loudly(audit: ModuleType) -> None:
    (line,) = audit.report("x.lock", None)
    assert "NOT RUN" in line
    (line,) = audit.report("x.lock", audit.judge(told(SKIPPED, SKIPPED), {}, TODAY))
    assert "NOT RUN" in line
    lines = list(audit.report("x.lock", audit.judge(told(SOUND, SKIPPED), {}, TODAY)))
    assert "NOT RUN for 1 of 2" in lines[0]
    assert "apsw" in lines[0]
    assert lines[1].endswith("nothing known against 1 packages")


def test_all_was_looked_at(audit: ModuleType) -> None:
    (line,) = audit.report("x.lock", audit.judge(told(SOUND), {}, TODAY))
    assert "NOT RUN" not in line


@pytest.mark.parametrize(("answer", "code"), [
    (None, 0), (told(SKIPPED), 0), (told(SOUND), 0), (told(HOLED), 1),
])  # fmt: skip
def test_only_a_hole_makes_it_red(audit: ModuleType, monkeypatch: pytest.MonkeyPatch,
                                  capsys: pytest.CaptureFixture[str], answer: Any,
                                  code: int) -> None:  # fmt: skip
    monkeypatch.setattr(audit, "ask", lambda lock: answer)
    assert audit.main() == code
    assert ("NOT RUN" in capsys.readouterr().out) is (answer in (None, told(SKIPPED)))


def test_the_list_of_excuses_is_well_formed(audit: ModuleType) -> None:
    import json

    for key, entry in json.loads(audit.KNOWN.read_text("utf-8")).items():
        assert key
        assert entry["reason"]
        assert date.fromisoformat(entry["until"])
