"""docs/operate.md tells what to do for every alarm, and docs/limits.md names tests that exist."""

import re
from pathlib import Path

from roundtag.operations import alarms

ROOT = Path(__file__).resolve().parents[2]


def test_every_alarm_has_its_line() -> None:
    text = (ROOT / "docs" / "operate.md").read_text("utf-8")
    told = set(re.findall(r"^\| `([a-z]+)` \|", text, re.MULTILINE))
    assert {one.code for one in alarms.ALARMS} <= told


def test_the_limits_name_tests_that_exist() -> None:
    text = (ROOT / "docs" / "limits.md").read_text("utf-8")
    named = re.findall(r"`((?:web|roundtag)/\w+\.py)(?:::(\w+))?`", text)
    assert len(named) > 15
    for name, test in named:
        source = (ROOT / "tests" / name).read_text("utf-8")
        assert not test or f"def {test}(" in source, (name, test)
