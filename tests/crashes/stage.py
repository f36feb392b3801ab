"""The application with a small world, ready to be played in forks: `python -m tests.crashes.stage
FOLDER` reads orders as lines of JSON and answers each with one.

A fork works in a data folder of its own and tells what it sent, and what was acknowledged, in the
file NAME.acks beside it: whoever traces its system calls sees both in their order.
"""

import json
import os
import random
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

SMALL_LOG = 120
"""Pages after which the log is written back, instead of 1,000: crashes hit that more often."""


class Stage:
    """One process that imported everything once; every act happens in a fork of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        os.environ["DATA_DIR"] = str(folder / "base")
        from roundtag import queue, settings
        from roundtag.db import database
        from roundtag.supervisor import preparation

        queue.limits_url = lambda: "memory://"
        preparation.private(settings.current().data_dir)
        preparation.open_database(settings.current())
        from app import create_app
        from tests import world as worlds

        self.application = create_app()
        with database.connection_context():
            worlds.open_provider()
            self.world = worlds.build("A")
        self.browser = self.application.test_client()
        form = {"username": "engineer-a", "password": worlds.PASSWORD}
        self.browser.post("/sign-in", data=form, headers={"Origin": "http://localhost"})
        self.browser.get("/sync/whoami")
        database.close_all()

    def lay(self, name: str) -> None:
        """A data folder for a fork: a copy of the base, unless there is one."""
        if not (self.folder / name).exists():
            shutil.copytree(self.folder / "base", self.folder / name)

    def move(self, name: str) -> None:
        """Into the data folder of this fork."""
        from roundtag import db, settings

        place = self.folder / name
        os.environ["DATA_DIR"] = str(place)
        settings.current.cache_clear()
        db.connect(settings.current().database_url)
        self.acks = os.open(self.folder / f"{name}.acks", os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def tell(self, *words: str) -> None:
        """By a system call that nothing else makes, so that faults of others do not meet it."""
        os.writev(self.acks, [f"{' '.join(words)}\n".encode()])

    def entry(self, number: int) -> tuple[dict[str, Any], bytes]:
        """What a phone sends: a fault with a photo that nobody sent before."""
        from tests import world as worlds
        from tests.web.phone import phone

        chance = random.Random(number)
        data, photo = worlds.jpeg(f"#{chance.randrange(1 << 24):06x}", (640, 480))
        fields = worlds.fault_form(self.world, number % 2, photo=f"blob:{photo.sha256}")
        sent = phone("fault", fields, self.world.engineer.person_id, photos=(photo,),
                     key=f"00000000-0000-4000-8000-{number:012x}")  # fmt: skip
        return sent, data

    def send(self, number: int) -> list[tuple[int, str]]:
        """Sends one entry and then its photo; status and kind of what was answered to each."""
        from tests.web.phone import SYNC

        sent, data = self.entry(number)
        digest = sent["blobs"][0]["sha256"]
        entry = self.browser.post(f"/sync/{sent['id']}", json=sent, headers=SYNC)
        said = [self._heard(entry, "entry", sent["id"])]
        kind = {**SYNC, "Content-Type": "image/jpeg"}
        photo = self.browser.put(f"/sync/photos/{digest}", data=data, headers=kind)
        return [*said, self._heard(photo, "photo", digest)]

    def _heard(self, answer: Any, what: str, name: str) -> tuple[int, str]:
        if answer.status_code in (200, 201):
            self.tell("ack", what, name)
        return answer.status_code, (answer.json or {}).get("type", "").rsplit("/", 1)[-1]

    def stored(self) -> dict[str, Any]:
        """What the database holds, and what is wrong with it."""
        from roundtag import blobs, ledger
        from roundtag.db import database
        from roundtag.models import Blob, Fault, Submission

        with database.connection_context():
            kept = [blob.sha256 for blob in Blob.select()]
            return {
                "integrity": database.execute_sql("PRAGMA integrity_check").fetchone()[0],
                "wrong": [one for _, key in ledger.logs() for one in ledger.verify(key)],
                "entries": sorted(s.id for s in Submission.select() if s.form == "fault"),
                "faults": sorted(fault.submission for fault in Fault.select()),
                "photos": kept,
                "absent": [one for one in kept if not blobs.path_of(one).is_file()],
            }

    def fork(self, act: Callable[[], Any]) -> dict[str, Any]:
        """Plays in a child; {"value"}, or {"signal"} when it was killed, or {"error"}."""
        heard, told = os.pipe()
        child = os.fork()
        if not child:
            os.close(heard)
            try:
                said = {"value": act()}
            except Exception:
                said = {"error": traceback.format_exc()}
            with os.fdopen(told, "w") as out:
                json.dump(said, out)
            os._exit(0)
        os.close(told)
        with os.fdopen(heard) as pipe:
            text = pipe.read()
        ended = os.waitpid(child, 0)[1]
        return {"pid": child, **(json.loads(text) if text else {"signal": ended & 0x7F})}


def flawed(stage: Stage, flaw: str) -> None:
    """Breaks one thing on which the promise rests; a test must see it."""
    from roundtag import commands, db, disk

    if flaw == "no sync at commit":
        db.PRAGMAS["synchronous"] = 1
    elif flaw == "photo not synced":
        disk.os = Unsynced()  # type: ignore[assignment]
    elif flaw == "folder not synced":
        disk.sync = lambda path: None
    elif flaw == "told before the commit":
        store = commands.store

        def early(submission: Any, outcome: Any) -> Any:
            stage.tell("ack", "entry", submission.id)
            return store(submission, outcome)

        commands.store = early
    else:
        assert not flaw, flaw


class Unsynced:
    """The module os, whose fsync does nothing for files."""

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def fsync(self, handle: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{handle}"):
            os.fsync(handle)


def record(stage: Stage, name: str, entries: int, flaw: str = "") -> None:
    """A day of entries with photos, from a folder that never held one."""
    from roundtag.db import database

    flawed(stage, flaw)
    stage.move(name)
    with database.connection_context():
        database.execute_sql(f"PRAGMA wal_autocheckpoint = {SMALL_LOG}")
    for number in range(entries):
        said = stage.send(number)
        assert [code for code, _ in said] == [201, 201], said
    os.kill(os.getpid(), signal.SIGKILL)  # closing would tidy up


def stumble(stage: Stage, name: str) -> dict[str, Any]:
    """One entry after the tracer came; whoever lives on sends another one."""
    stage.move(name)
    stage.send(1)
    os.kill(os.getpid(), signal.SIGSTOP)
    said = stage.send(2)
    stage.tell("answered")
    return {"said": said, "again": stage.send(2), "next": stage.send(3)}


def afterwards(stage: Stage, name: str) -> dict[str, Any]:
    """A new process on what the old one left: what is there, and the same entry once more."""
    stage.move(name)
    found = stage.stored()
    return {"found": found, "again": stage.send(2), "then": stage.stored()}


def main(folder: Path) -> None:
    stage = Stage(folder)
    acts: dict[str, Callable[..., Any]] = {
        "record": record, "stumble": stumble, "afterwards": afterwards}  # fmt: skip
    print("ready", flush=True)
    for line in sys.stdin:
        act, *words = json.loads(line)
        stage.lay(words[0])
        print(json.dumps(stage.fork(lambda: acts[act](stage, *words))), flush=True)  # noqa: B023


if __name__ == "__main__":
    main(Path(sys.argv[1]))
