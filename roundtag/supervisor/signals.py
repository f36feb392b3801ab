"""Waiting that a signal ends at once: the ordinary end of SIGINT, SIGTERM and SIGCHLD here."""

import os
import select
import signal
from types import FrameType

STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Waiter:
    """Knows whether a stop was asked for; `wait` returns early at any signal."""

    def __init__(self) -> None:
        self.stopping = False
        self._readable, writable = os.pipe()
        for end in (self._readable, writable):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
        for number in STOP:
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def wait(self, seconds: float) -> None:
        if select.select([self._readable], [], [], seconds)[0]:
            os.read(self._readable, 4096)
