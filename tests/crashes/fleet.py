"""Web server and worker of the product, started by a fork of a process that has imported them.

`python -m tests.crashes.fleet` starts both in a process group for each line it reads, and says its
number; so a restart after `kill -9` costs no import.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from roundtag import clock, commands, worker
from roundtag.db import database
from roundtag.supervisor import lifeline, web
from tests.crashes.trace import ROOT
from tests.house.processes import environment

APPLICATION = "app:create_app"


class Fleet:
    """The zygote and the group that runs at present."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def start(self) -> int:
        """Starts web server and worker; their process group."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("start\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def fleet(flaw: str = "", **settings: str) -> Iterator[Fleet]:
    command = [sys.executable, "-m", "tests.crashes.fleet", flaw]
    with subprocess.Popen(command, cwd=ROOT, env=environment(**settings), text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # fmt: skip
        yield Fleet(process)
        assert process.stdin
        process.stdin.close()


def told_too_early() -> None:
    """A receipt goes out while the work is still to be done."""
    once = commands.once

    def soon(*given: Any) -> None:
        with database.connection_context():
            once(*given)

    def early(verb: Any, command: Any, actor: Any, envelope: commands.Envelope) -> commands.Receipt:
        threading.Thread(target=soon, args=(verb, command, actor, envelope)).start()
        return commands.Receipt(envelope.id, envelope.sha256, "done", clock.now(), "", {}, "", None)

    commands.once = early


def main(flaw: str) -> None:
    import app as app

    worker.import_library()
    if flaw:
        told_too_early()
    for _ in sys.stdin:
        child = os.fork()
        if not child:
            os.setsid()
            if os.fork():
                web.main(APPLICATION)
            else:
                lifeline.hold()
                worker.main()
            os._exit(1)
        print(child, flush=True)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv[1])
