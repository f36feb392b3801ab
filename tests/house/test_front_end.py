"""What is made of the front end's sources for browsers, and what a page tells them beforehand."""

import re
from pathlib import Path

import pytest

from roundtag import modules, static_files

SCRIPTS = sorted((static_files.ROOT / "pwa").glob("*.js"))
COMMENT = re.compile(r"(?:^|\s)//\s.*$|^\s*/\*(?:.|\n)*?\*/$", re.MULTILINE)
WORDS = re.compile(r'"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`')


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return static_files.prepare(tmp_path)


def test_sheets_come_in_one_piece(tree: Path) -> None:
    for name in ("public.css", "staff.css"):
        text = (tree / "css" / name).read_text()
        assert "@import" not in text
        assert ".notice{" in text
    assert ".table{" in (tree / "css" / "staff.css").read_text()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_word_of_a_script_is_lost_with_its_comments(path: Path) -> None:
    """Texts, templates and names stand in the same order; only comments and indents are gone."""
    source = COMMENT.sub("", path.read_text("utf-8"))
    made = static_files._content(path).decode()
    assert WORDS.findall(made) == WORDS.findall(source)
    assert re.findall(r"\w+", made) == re.findall(r"\w+", source)
    assert len(made) < len(path.read_bytes())


def test_auditors_read_the_verifier_as_it_is_written(tree: Path) -> None:
    for path in (static_files.ROOT / "static" / "verifier").iterdir():
        assert (tree / "verifier" / path.name).read_bytes() == path.read_bytes()


def test_a_module_is_told_with_all_that_it_imports() -> None:
    told = modules.closure("pwa/main.js")
    assert told[0] == "pwa/main.js"
    assert {"pwa/db.js", "pwa/bus.js", "vendor/idb@8.0.4/index.js"} <= set(told)
    assert len(told) == len(set(told))


def test_what_is_imported_later_is_not_told() -> None:
    told = set(modules.closure("pwa/main.js")) | set(modules.closure("pwa/outbox.js"))
    assert not {"pwa/drain.js", "pwa/send.js", "pwa/pack.js", "pwa/scanner.js"} & told


def test_every_module_that_is_named_exists() -> None:
    for path in SCRIPTS:
        if path.name not in {"sw.js", "read_worker.js"}:
            for one in modules.closure(f"pwa/{path.name}"):
                home = static_files.ROOT if one.startswith("pwa/") else static_files.ROOT / "static"
                assert (home / one).is_file(), (path.name, one)
