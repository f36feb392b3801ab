"""Every reason that a movement is written with has words, in both languages."""

import ast
from pathlib import Path

import pytest
from flask_babel import force_locale, gettext

from app import create_app
from roundtag import slips, spares
from roundtag.storekeeping.told import REASONS

ROOT = Path(__file__).parents[2]

ARGUMENT = {"move": 3, "shift": 5, "move_all": 2, "note_all": 1}
"""Where each verb of roundtag.stock takes its reason."""
CHOSEN = {
    "spares/swapping.py": spares.REASONS,
    "slips/filing.py": slips.KINDS,
    "slips/reversing.py": (slips.REVERSE,),
    "repairs/ending.py": ("scrap", "client"),
    "repairs/receiving.py": ("purchase", "replaced"),
    "register/units.py": ("received", "registered"),
}
"""What a reason can be where it is not written as it stands. Another file that computes its reason
turns the test red: name here what it can be."""


def named(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def reasons(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    known, found = named(tree), set()
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        stock = isinstance(node.func.value, ast.Name) and node.func.value.id == "stock"
        if stock and node.func.attr in ARGUMENT:
            given = node.args[ARGUMENT[node.func.attr]]
            if isinstance(given, ast.Constant):
                found.add(str(given.value))
            elif isinstance(given, ast.Name) and given.id in known:
                found.add(known[given.id])
            else:
                found.update(CHOSEN[file.relative_to(ROOT / "roundtag").as_posix()])
    return found


def written() -> set[str]:
    files = (ROOT / "roundtag").rglob("*.py")
    return set().union(*map(reasons, files), slips.WORDS)


def test_every_reason_has_words() -> None:
    assert {"draw", "count", "swap_back", "replaced", "back", "registered"} <= written()
    assert written() - REASONS.keys() == set()


def test_files_name_only_reasons_that_the_test_knows() -> None:
    calls = {word for name in ("register/units.py", "register/devices.py", "register/spares.py")
             if (file := ROOT / "roundtag" / name).exists()
             for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)
             and isinstance(node.func, ast.Attribute) and node.func.attr == "receive"
             for word in [getattr(node.args[2], "value", None)]}  # fmt: skip
    assert calls <= set(CHOSEN["register/units.py"])


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_in_both_languages(locale: str) -> None:
    with create_app().test_request_context(), force_locale(locale):
        told = {reason: gettext(words) for reason, words in REASONS.items()}
    assert all(told.values())
    if locale == "zh_CN":
        assert [r for r, words in told.items() if words == REASONS[r]] == []
