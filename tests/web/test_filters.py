"""What an address asks of a list is never part of a statement, nor an error of ours."""

import re
from pathlib import Path

import pytest
from flask import Flask

from roundtag.db import database
from tests.web.conftest import SignIn

ROOT = Path(__file__).resolve().parents[2]
ASKED = re.compile(r"""(?:\b(?:raw|text|whole|get|getlist|asked_key)\(|args\[)["']([a-z_]+)["']""")
TEXTS = ("1; DROP TABLE person--", "' OR '1'='1", "name) UNION SELECT password_hash FROM person --",
         "-1", "9" * 30, "%00'\"\\", "１２")  # fmt: skip


def words_of_addresses() -> list[str]:
    """Every name that a reader of forms or addresses asks for: more than any one page knows."""
    folders = (ROOT / "blueprints", ROOT / "roundtag")
    found = (ASKED.findall(file.read_text()) for top in folders for file in top.rglob("*.py"))
    return sorted({name for names in found for name in names})


def lists(app: Flask) -> list[str]:
    """/readyz asks no question of anybody and answers 503 where no data folder is."""
    rules = [rule for rule in app.url_map.iter_rules() if not rule.arguments]
    return sorted({one.rule for one in rules if "GET" in (one.methods or ())} - {"/readyz"})


@pytest.mark.parametrize("text", TEXTS)
def test_no_filter_or_sort_reaches_a_statement(app: Flask, signed_in: SignIn, text: str) -> None:
    browser, names = signed_in("manager-all"), words_of_addresses()
    assert {"sort", "state", "q", "page", "client"} <= {*names}
    tables = database.get_tables()
    before = database.execute_sql("SELECT COUNT(*) FROM person").fetchone()
    for path in lists(app):
        answer = browser.get(path, query_string=dict.fromkeys(names, text))
        assert answer.status_code < 500, path
        assert b"$argon2" not in answer.data, path
    assert database.get_tables() == tables
    assert database.execute_sql("SELECT COUNT(*) FROM person").fetchone() == before
