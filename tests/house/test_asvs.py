"""docs/asvs.md names tests that exist, one row for each requirement of level 1."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| .+ \| .+ \|$", re.MULTILINE)
NAMED = re.compile(r"`((?:web|roundtag|pwa|e2e|house)/[\w/]+\.py)(?:::(\w+))?`")
LEVEL_ONE = 70


def test_every_requirement_of_level_one_has_a_row() -> None:
    rows = ROW.findall((ROOT / "docs" / "asvs.md").read_text("utf-8"))
    assert len(rows) == len(set(rows)) == LEVEL_ONE


def test_what_it_names_exists() -> None:
    text = (ROOT / "docs" / "asvs.md").read_text("utf-8")
    lost = []
    for name, test in NAMED.findall(text):
        path = next((one for one in (ROOT / "tests" / name, ROOT / name) if one.exists()), None)
        if path is None or (test and f"def {test}(" not in path.read_text("utf-8")):
            lost.append((name, test))
    assert lost == []
    assert len(NAMED.findall(text)) > 50
