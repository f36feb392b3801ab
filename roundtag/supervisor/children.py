"""Child processes: started, watched, started again after a pause that grows, stopped in order."""

import logging
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from roundtag.supervisor import lifeline

PAUSES = (0.3, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY = 60.0

log = logging.getLogger(__name__)


class Process(Protocol):
    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int, /) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


@dataclass
class Child:
    """One process to keep up. `patience`: seconds from SIGTERM to SIGKILL."""

    name: str
    launch: Callable[[], Process]
    patience: float = 5.0
    process: Process | None = None
    started: float = 0.0
    falls: int = 0
    due: float = field(default=0.0)

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = self.launch()

    def watch(self, now: float) -> None:
        """Starts the process again once it has ended and its pause is over."""
        if self.process is None:
            if now >= self.due:
                self.start()
        elif (code := self.process.poll()) is not None:
            self._fell(now, code)

    def _fell(self, now: float, code: int) -> None:
        self.falls = 0 if now - self.started > STEADY else self.falls
        pause = PAUSES[min(self.falls, len(PAUSES) - 1)]
        log.warning("%s ended (%s), starts again in %s s", self.name, code, pause)
        self.process, self.falls, self.due = None, self.falls + 1, now + pause

    def reload(self) -> None:
        """Asks a web server for new workers, which read the certificate anew."""
        if self.process is not None:
            self.process.send_signal(signal.SIGHUP)

    def ask_to_stop(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop in time and was killed", self.name)
            self.process.kill()
            self.process.wait()


def native(name: str, command: list[str]) -> Child:
    """A program that is not ours."""
    return Child(name, lambda: subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, process_group=0,
        preexec_fn=_before_native(),
    ))  # fmt: skip


def stop(children: Iterable[Child]) -> None:
    """Stops children together: SIGTERM to all, SIGKILL to those past their patience."""
    group, start = list(children), time.monotonic()
    for child in group:
        child.ask_to_stop()
    for child in group:
        child.wait(child.patience - (time.monotonic() - start))


def _before_native() -> Callable[[], None] | None:
    """It cannot hold its lifeline itself; on Linux the fork does."""
    if sys.platform != "linux":
        return None
    return lambda: lifeline.ask_kernel(15)
