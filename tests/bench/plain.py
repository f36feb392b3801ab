"""The plain counterparts: a bare Flask + peewee application behind the same web server as ours.

`/item` is the sync door's: one durable commit per item. `/page/<kind>` and `/entry` do what TRAFFIC
(a file) tells: read so much and answer with these bytes, keep a photo, write so many rows in as
many commits. Nothing of roundtag is imported: its memory is measured, too.
"""

import base64
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from playhouse.apsw_ext import APSWDatabase

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "cache_size": -16_000, "busy_timeout": 10_000}


def create_app() -> Flask:
    app, store = Flask("plain"), Path(os.environ["PLAIN"])
    database = APSWDatabase(str(store), pragmas=PRAGMAS)
    traffic = _traffic()

    def commit(texts: list[Any]) -> None:
        with database.atomic("IMMEDIATE"):
            for text in texts:
                database.execute_sql("INSERT INTO item VALUES (?)", (text,))

    @app.post("/item")
    def item() -> tuple[str, int]:
        commit([request.get_data()])
        return "", 201

    @app.get("/page/<kind>")
    def page(kind: str) -> Response:
        asked = traffic["pages"][kind]
        for sql, values in asked["reads"]:
            database.execute_sql(sql, values).fetchall()
        return Response(asked["body"], headers=asked["headers"])

    @app.post("/entry")
    def entry() -> tuple[str, int]:
        _keep(store.parent / "photos", request.get_data())
        for texts in traffic["commits"]:
            commit(texts)
        return "", 201

    return app


def _traffic() -> dict[str, Any]:
    if "TRAFFIC" not in os.environ:
        return {}
    found = json.loads(Path(os.environ["TRAFFIC"]).read_text("utf-8"))
    for page in found["pages"].values():
        page["body"] = base64.b64decode(page["body"])
    return dict(found)


def _keep(folder: Path, data: bytes) -> None:
    """Under their hash, file and folder synced."""
    target = folder / hashlib.sha256(data).hexdigest()
    draft = target.with_suffix(".draft")
    with open(draft, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(target)
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def prepare(store: Path) -> None:
    """A table for items in a database that may hold others, and a folder for photos."""
    (store.parent / "photos").mkdir()
    database = APSWDatabase(str(store), pragmas=PRAGMAS)
    database.execute_sql("CREATE TABLE item (data BLOB)")
    database.close()


if __name__ == "__main__":
    port, workers, threads = map(int, sys.argv[1:])
    Granian("tests.bench.plain:create_app", port=port, factory=True, workers=workers,
            interface=Interfaces.WSGI, blocking_threads=threads,
            log_level=LogLevels.error).serve()  # fmt: skip
