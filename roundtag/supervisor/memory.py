"""Less memory for several processes of one program."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
LARGE = 16 * 1024 * 1024
"""Less than a password's hash takes (people/passwords.py)."""


@contextmanager
def shared() -> Iterator[None]:
    """What is made here all parts share. The collector neither looks through it meanwhile nor
    later: by looking it would write, and each of them would have a copy of its own."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def give_back_large() -> None:
    """What is large goes back to the system when it is freed. glibc's allocator would keep it for
    each thread that once hashed a password, 19 MB; others have no such knob."""
    if set_option := getattr(ctypes.CDLL(None), "mallopt", None):
        set_option(M_MMAP_THRESHOLD, LARGE)
        set_option(M_TRIM_THRESHOLD, 2 * LARGE)
