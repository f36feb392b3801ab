"""The plain counterpart of the sync door: a bare Flask handler, one durable commit per item."""

import os
import sqlite3
import sys
from threading import local

from flask import Flask, request
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from roundtag.supervisor.web import THREADS

here = local()


def create_app() -> Flask:
    app = Flask("plain")

    @app.post("/item")
    def item() -> tuple[str, int]:
        database = _database()
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO item VALUES (?)", (request.get_data(),))
        database.execute("COMMIT")
        return "", 201

    return app


def _database() -> sqlite3.Connection:
    if not hasattr(here, "database"):
        here.database = sqlite3.connect(os.environ["PLAIN"], isolation_level=None)
        here.database.execute("PRAGMA synchronous=FULL")
    return here.database


def prepare(path: str) -> None:
    database = sqlite3.connect(path)
    database.executescript("PRAGMA journal_mode=wal; CREATE TABLE item (data BLOB)")
    database.close()


if __name__ == "__main__":
    Granian("tests.bench.plain:create_app", port=int(sys.argv[1]), factory=True, workers=2,
            interface=Interfaces.WSGI, blocking_threads=THREADS,
            log_level=LogLevels.error).serve()  # fmt: skip
