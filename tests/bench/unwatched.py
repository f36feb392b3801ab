"""A browser that nobody watches: a debugger that follows the network gets a copy of every photo.

Playwright follows it always, and that copying took two fifths of the time of a drain. Here the
browser is asked for the value of expressions in one page, over a pipe, and tells nothing else.
"""

import fcntl
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO, Any

FROM_US, TO_US = 3, 4
"""The file descriptors that Chromium takes for the two ends of its pipe."""


class Page:
    def __init__(self, orders: IO[bytes], answers: IO[bytes]) -> None:
        self.orders, self.answers = orders, answers
        self.numbers = count(1)
        self.session: dict[str, str] = {}

    def open(self, url: str) -> None:
        target = self.ask("Target.createTarget", url=url)["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self.session = {"sessionId": attached["sessionId"]}

    def evaluate(self, script: str) -> Any:
        """The value of an expression; a promise is waited for."""
        found = self.ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self.numbers)
        order = {"id": number, "method": method, "params": params, **self.session}
        self.orders.write(json.dumps(order).encode() + b"\0")
        while (told := self._next()).get("id") != number:
            pass
        assert "result" in told, told
        return dict(told["result"])

    def _next(self) -> dict[str, Any]:
        text = bytearray()
        while (byte := self.answers.read(1)) != b"\0":
            assert byte, "the browser is gone"
            text += byte
        return dict(json.loads(text))


@contextmanager
def page(browser: str, flags: list[str], profile: Path) -> Iterator[Page]:
    theirs, orders = os.pipe()
    answers, to_us = os.pipe()
    words = [browser, "--headless=new", "--remote-debugging-pipe", "--no-first-run",
             f"--user-data-dir={profile}", *flags, "about:blank"]  # fmt: skip
    process = _start(words, theirs, to_us)
    with os.fdopen(orders, "wb", 0) as writing, os.fdopen(answers, "rb") as reading:
        found = Page(writing, reading)
        try:
            yield found
        finally:
            found.session = {}
            found.ask("Browser.close")
            process.wait(30)


def _start(words: list[str], theirs: int, to_us: int) -> "subprocess.Popen[bytes]":
    def place() -> None:
        """The two ends where the browser looks for them, whatever numbers they have here."""
        high = [fcntl.fcntl(end, fcntl.F_DUPFD, 64) for end in (theirs, to_us)]
        for end, wanted in zip(high, (FROM_US, TO_US), strict=True):
            os.dup2(end, wanted)

    quiet = subprocess.DEVNULL
    process = subprocess.Popen(words, pass_fds=(FROM_US, TO_US), preexec_fn=place, stdin=quiet,
                               stdout=quiet, stderr=quiet)  # fmt: skip
    os.close(theirs)
    os.close(to_us)
    return process
