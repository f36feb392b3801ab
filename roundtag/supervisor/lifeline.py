"""Ties a process to its parent's life, so that kill -9 of the supervisor leaves no orphan.

Linux sends a signal at the parent's death (prctl PR_SET_PDEATHSIG). Elsewhere a thread looks once
a second whether the process still has the parent it started with.
"""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
LOOK_EVERY = 1.0
PARENT = "ROUNDTAG_PARENT"


def _nothing() -> None:
    return None


def hold(last_wish: Callable[[], None] = _nothing) -> None:
    """Ends this process by SIGKILL when its parent ends. Call it again in each forked child.

    `last_wish` runs first where a thread watches; on Linux other children see to their own end.
    """
    parent = os.getppid()
    if sys.platform == "linux":
        ask_kernel(signal.SIGKILL)
    else:
        threading.Thread(target=watch, args=(parent, last_wish), daemon=True).start()
    if orphaned():
        os._exit(1)


def orphaned() -> bool:
    """True when the parent ended before hold() was in force. Only the supervisor's own children
    know whom to expect."""
    expected = os.environ.pop(PARENT, None)
    return expected is not None and int(expected) != os.getppid()


def ask_kernel(number: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def rename(name: str) -> None:
    """What `ps -o comm` and `top` call this process, where that can be told: 15 letters."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode())


def watch(parent: int, last_wish: Callable[[], None], pause: float = LOOK_EVERY) -> None:
    waiting = threading.Event()
    while os.getppid() == parent:
        waiting.wait(pause)
    last_wish()
    os.kill(os.getpid(), signal.SIGKILL)
