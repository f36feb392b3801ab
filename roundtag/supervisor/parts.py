"""The processes that are Roundtag itself. On Linux each parts from the supervisor, which has read
the program once: they start at once, and share the pages of what was read. Elsewhere, where a fork
is not safe, each starts anew.
"""

import importlib
import os
import signal
import subprocess
import sys
from multiprocessing.context import ForkProcess, SpawnProcess

from roundtag.supervisor import lifeline
from roundtag.supervisor.children import Child
from roundtag.supervisor.signals import STOP

PARTING = sys.platform == "linux"


class Part:
    """A process of ours, spoken to as one of `subprocess.Popen`."""

    def __init__(self, process: ForkProcess | SpawnProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def child(name: str, main: str, *arguments: str, patience: float = 5.0) -> Child:
    """`main`: the function as module:name, called with `arguments` in the process."""
    return Child(name, lambda: _start(name, main, arguments), patience)


def _start(name: str, main: str, arguments: tuple[str, ...]) -> Part:
    """No signal comes between the fork and the child's own way to take it."""
    kind = ForkProcess if PARTING else SpawnProcess
    process = kind(target=_begin, args=(os.getpid(), name, main, arguments), name=name)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP)
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return Part(process)


def _begin(parent: int, name: str, main: str, arguments: tuple[str, ...]) -> None:
    """As a program of its own would begin: in its own group, without its parent's habits."""
    os.setpgrp()
    lifeline.rename(f"roundtag-{name.split()[0]}")
    os.environ[lifeline.PARENT] = str(parent)
    signal.set_wakeup_fd(-1)
    for number in (*STOP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP)
    module, function = main.split(":")
    try:
        getattr(importlib.import_module(module), function)(*arguments)
    except Exception:
        sys.excepthook(*sys.exc_info())
        sys.exit(1)
