"""docs/attacks.md names each single attack with tests that exist."""

import re
from pathlib import Path

from tests.house.test_asvs import NAMED

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "attacks.md"
HEADINGS = ("Anonymous QR abuse", "Access", "CSRF", "Session", "Redirects", "Login", "Upload",
            "Export", "Sync", "PWA on a shared phone", "Platform")  # fmt: skip
"""In the order of the list; whoever writes a further section adds its heading here."""
ROW = re.compile(r"^\| (.+?) \| (.+) \|$", re.MULTILINE)
FEWEST = 90


def sections() -> dict[str, list[tuple[str, str]]]:
    """The rows (attack, tests) of each section."""
    parts = re.split(r"^## (.+)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {
        heading: [row for row in ROW.findall(text) if not row[0].startswith(("Attack", "---"))]
        for heading, text in zip(parts[::2], parts[1::2], strict=True)
    }


def lost(text: str) -> list[tuple[str, str]]:
    """Named tests that are not there."""
    found = []
    for name, test in NAMED.findall(text):
        path = ROOT / "tests" / name
        if not path.exists() or (test and f"def {test}(" not in path.read_text("utf-8")):
            found.append((name, test))
    return found


def test_every_heading_of_the_list_is_there() -> None:
    assert [one for one in sections() if one in HEADINGS] == list(HEADINGS)
    for heading, rows in sections().items():
        attacks = [attack for attack, _ in rows]
        assert attacks, heading
        assert len(attacks) == len(set(attacks)), heading
    assert sum(map(len, sections().values())) >= FEWEST


def test_every_attack_names_tests_that_exist() -> None:
    for heading, rows in sections().items():
        for attack, tests in rows:
            assert re.search(r"`[\w/]+\.py::\w+`", tests), (heading, attack)
    assert lost(PAGE.read_text("utf-8")) == []


def test_a_name_that_leads_nowhere_is_noticed() -> None:
    assert lost("`web/test_access.py::test_nothing_of_the_kind`") != []
    assert lost("`web/test_nowhere.py`") != []
