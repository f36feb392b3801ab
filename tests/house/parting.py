"""Programs for test_parts.py: `one FOLDER` starts one part and lets go of FOLDER; `all FILE` is
`roundtag serve` that tells FILE what it has open whenever it parts."""

import json
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

from roundtag.supervisor import parts, preparation
from roundtag.supervisor.signals import Waiter
from tests.house.processes import until


def inside(folder: str) -> None:
    """What the part finds in itself; then it waits for its end."""
    found = {
        "group of its own": os.getpgrp() == os.getpid(),
        "habits": [str(signal.getsignal(number)) for number in (signal.SIGTERM, signal.SIGHUP)],
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
        "wakes": signal.set_wakeup_fd(-1),
        "input": os.readlink("/proc/self/fd/0"),
        "name": Path("/proc/self/comm").read_text().strip(),
    }
    print(json.dumps(found), flush=True)
    Path(folder, "told").touch()
    threading.Event().wait()


def fall() -> None:
    raise ValueError("a name that someone typed")


def one(folder: Path) -> None:
    Waiter()
    part = parts.child("web server", "tests.house.parting:inside", str(folder))
    with preparation.alone(folder):
        part.start()
    assert part.process
    try:
        until(lambda: (folder / "told").exists(), "the part has told what it found")
        until(lambda: _is_free(folder), "nobody holds the folder, though the part lives")
        assert part.process.poll() is None
    finally:
        part.ask_to_stop()
        print(part.process.wait(30), flush=True)


def _is_free(folder: Path) -> bool:
    with suppress(preparation.Refused), preparation.alone(folder):
        return True
    return False


def everything(told: Path) -> None:
    supervisor = os.getpid()

    def look() -> None:
        names = [os.readlink(path) for path in Path("/proc/self/fd").iterdir() if path.exists()]
        stores = [name for name in names if name.endswith(("roundtag.db", "-wal", "-shm"))]
        sockets = [name for name in names if name.startswith("socket:")]
        mine = os.getpid() == supervisor
        seen = [mine, stores, sockets if mine else [], threading.active_count() if mine else 1]
        with told.open("a") as file:
            file.write(json.dumps(seen) + "\n")

    os.register_at_fork(before=look)
    from blueprints.cli import main

    main(["serve", "--demo"])


if __name__ == "__main__":
    {"one": one, "all": everything}[sys.argv[1]](Path(sys.argv[2]))
