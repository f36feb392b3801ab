"""What a full and a read-only disk do to the application; runs inside a mount namespace of its own.

    unshare -rm python -m tests.house.small_disk FOLDER

mounts a file system of 16 MB at FOLDER and prints what the door answered, as JSON.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.house.processes import environment

MEGABYTE = 1 << 20


def mount(*options: str) -> None:
    subprocess.run(["mount", *options], check=True)


def fill(folder: Path) -> Path:
    """Leaves not one block."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (MEGABYTE, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return ballast


def scene(folder: Path) -> dict[str, Any]:
    os.environ["DATA_DIR"] = str(folder)
    from roundtag import blobs, disk, ledger, queue, settings
    from roundtag.db import database
    from roundtag.supervisor import preparation

    queue.limits_url = lambda: "memory://"
    disk.has_room = lambda size=0: True  # asked just before others filled it
    preparation.open_database(settings.current())
    from app import create_app
    from roundtag.models import Fault, Submission
    from tests import world as worlds
    from tests.web.phone import SYNC, phone

    application = create_app()
    with database.connection_context():
        worlds.open_provider()
        world = worlds.build("A")
    browser = application.test_client()
    form = {"username": "engineer-a", "password": worlds.PASSWORD}
    browser.post("/sign-in", data=form, headers={"Origin": "http://localhost"})
    said: dict[str, Any] = {"answers": [], "photos": [], "pages": []}

    def send() -> None:
        sent = phone("fault", worlds.fault_form(world), world.engineer.person_id)
        waiting.append(sent)
        said["answers"].append(deliver(sent))

    def deliver(sent: dict[str, Any]) -> list[Any]:
        answer = browser.post(f"/sync/{sent['id']}", json=sent, headers=SYNC)
        kind = (answer.json or {}).get("type", "").rsplit("/", 1)[-1]
        return [answer.status_code, kind or (answer.json or {}).get("outcome")]

    waiting: list[dict[str, Any]] = []
    send()
    ballast = fill(folder)
    while len(waiting) < 60 and said["answers"][-1][0] == 201:
        send()  # what was reserved before may still be used up
    for _ in range(5):
        send()
    data, _ = worlds.jpeg("teal", (1600, 1200))
    try:
        blobs.put_photo(data)
    except OSError as full:
        said["photos"].append(full.errno)
    said["pages"].append(browser.get("/today").status_code)
    ballast.unlink()
    said["again"] = [deliver(sent) for sent in waiting]
    with database.connection_context():
        said["sent"] = len(waiting)
        said["stored"] = Submission.select().where(Submission.form == "fault").count()
        said["faults"] = Fault.select().count()
        said["problems"] = [p for _, key in ledger.logs() for p in ledger.verify(key)]
        said["integrity"] = database.execute_sql("PRAGMA integrity_check").fetchone()[0]
    database.close_all()
    return said


def start_read_only(folder: Path) -> dict[str, Any]:
    """What `serve` says where nothing can be written: once, with the way out, and it ends."""
    mount("-o", "remount,ro", str(folder))
    serve = [sys.executable, "-c", "from blueprints.cli import main; main()", "serve"]
    run = subprocess.run(serve, env=environment(DATA_DIR=str(folder), PORT="1"), timeout=60,
                         capture_output=True, text=True)  # fmt: skip
    return {"code": run.returncode, "said": run.stdout + run.stderr}


def main(place: Path, part: str = "") -> None:
    """The scene in a process of its own: files that it holds open would keep the disk writable."""
    if part:
        print(json.dumps(scene(place)))
        return
    mount("-t", "tmpfs", "-o", "size=16m", "none", str(place))
    again = [sys.executable, "-m", "tests.house.small_disk", str(place), "scene"]
    seen = subprocess.run(again, stdout=subprocess.PIPE, text=True, check=True).stdout
    print(json.dumps({**json.loads(seen.splitlines()[-1]), "start": start_read_only(place)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
