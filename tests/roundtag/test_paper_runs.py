"""Runs of before 0024 knew rounds only: they are carried over, whether waiting or ready."""

import importlib.util
from pathlib import Path

import roundtag
from roundtag import clock
from roundtag.db import database
from roundtag.models import ReportRun
from tests.world import World

OLD = """CREATE TABLE report_run (
    key TEXT PRIMARY KEY, round_id INTEGER NOT NULL REFERENCES round (id), person_id INTEGER,
    purpose TEXT NOT NULL, state TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL,
    files TEXT NOT NULL, document_id INTEGER, problem TEXT, created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL)"""


def test_a_waiting_run_and_a_draft_outlive_the_migration(world: World) -> None:
    path = Path(roundtag.__path__[0], "migrations", "0024_fault_papers.py")
    spec = importlib.util.spec_from_file_location("migration_0024", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    now, store = clock.to_text(clock.now()), database.obj
    store.execute_sql("DROP TABLE report_run")
    store.execute_sql(OLD)
    mark = store.param
    for key, state, files in (("one", "waiting", "[]"), ("two", "ready", '["draft-1-zh.pdf"]')):
        store.execute_sql(
            f"INSERT INTO report_run VALUES ({', '.join([mark] * 12)})",
            (key, world.round_id, world.manager.person_id, "draft", state, 1, 2, files, None,
             None, now, now),
        )  # fmt: skip
    module.up(None, store)
    rows = {row.key: row for row in ReportRun.select()}
    assert {(row.subject, row.subject_id, row.kind, row.client_id) for row in rows.values()} == {
        ("round", world.round_id, "", world.client_id)}  # fmt: skip
    assert (rows["one"].state, rows["two"].files) == ("waiting", ["draft-1-zh.pdf"])
