"""Browsers beside Chromium, told what to do in W3C WebDriver commands: Firefox by the Marionette
door that it has built in, WebKitGTK through WebKitWebDriver. No other program takes part."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.house import browsers
from tests.house.processes import family, free_port, running, until

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
CALL = """const done = arguments[arguments.length - 1];
Promise.resolve().then(() => (FUNCTION)(...[...arguments].slice(0, -1)))
  .then((value) => done({ value: value ?? null }), (error) => done({ error: String(error) }));"""
SECONDS = 60


class Refused(Exception):
    """The browser could not do it."""


class Driver(ABC):
    """One window of one browser."""

    keeps_profile = True

    @abstractmethod
    def goto(self, url: str) -> None: ...

    @abstractmethod
    def _script(self, script: str, arguments: list[Any]) -> Any: ...

    @abstractmethod
    def attach(self, selector: str, path: Path) -> None:
        """Chooses a file in a file field."""

    @abstractmethod
    def kill(self) -> None:
        """kill -9 of the whole browser."""

    def run(self, function: str, *arguments: Any) -> Any:
        """What a JavaScript function, which may be async, returns in the page."""
        answer = self._script(CALL.replace("FUNCTION", function), list(arguments))
        if answer is None or "error" in answer:
            raise Refused("the page has gone" if answer is None else answer["error"])
        return answer["value"]


def end(process: subprocess.Popen[bytes]) -> None:
    everyone = family(process.pid)
    for pid in everyone:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(30)
    until(lambda: not running(everyone), "the killed browser is gone")


class Firefox(Driver):
    """`profile` outlives the browser."""

    def __init__(self, profile: Path) -> None:
        profile.mkdir(exist_ok=True)
        (profile / "user.js").write_text('user_pref("marionette.port", 0);\n')
        door = profile / "MarionetteActivePort"
        door.unlink(missing_ok=True)
        words = [browsers.firefox(), "--headless", "--marionette", "--no-remote", "--profile"]
        self.process = subprocess.Popen(
            [*map(str, words), str(profile)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: door.exists() and door.read_text(), "Firefox opens its door", SECONDS)
        self.line = socket.create_connection(("127.0.0.1", int(door.read_text())), SECONDS)
        self.file, self.number = self.line.makefile("rb"), 0
        self._receive()
        self.tell("NewSession")

    def _receive(self) -> Any:
        length = b""
        while (byte := self.file.read(1)) != b":":
            if not byte:
                raise Refused("Firefox has hung up")
            length += byte
        return json.loads(self.file.read(int(length)))

    def tell(self, command: str, **values: Any) -> Any:
        self.number += 1
        words = json.dumps([0, self.number, f"WebDriver:{command}", values]).encode()
        self.line.sendall(b"%d:%b" % (len(words), words))
        _, _, error, answer = self._receive()
        if error:
            raise Refused(f"{command}: {error['message']}")
        return answer

    def goto(self, url: str) -> None:
        self.tell("Navigate", url=url)

    def _script(self, script: str, arguments: list[Any]) -> Any:
        return self.tell("ExecuteAsyncScript", script=script, args=arguments)["value"]

    def attach(self, selector: str, path: Path) -> None:
        found = self.tell("FindElement", using="css selector", value=selector)["value"]
        self.tell("ElementSendKeys", id=found[ELEMENT], text=str(path))

    def kill(self) -> None:
        end(self.process)
        self.line.close()


class WebKit(Driver):
    """Under a display of its own; what it stores ends with it."""

    keeps_profile = False

    def __init__(self, _profile: Path) -> None:
        reading, writing = os.pipe()
        self.display = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x1000x24"],
            pass_fds=[writing],
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        self.port = free_port()
        self.process = subprocess.Popen(
            [str(shutil.which("WebKitWebDriver")), f"--port={self.port}"],
            env={**os.environ, "DISPLAY": display, "LANGUAGE": "en", "LANG": "C.UTF-8"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._answers, "WebKitWebDriver answers", SECONDS)
        options = {"binary": str(browsers.webkit()), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self.session = self._ask("POST", "/session", {"capabilities": wanted})["sessionId"]

    def _answers(self) -> bool:
        try:
            return bool(self._ask("GET", "/status") or True)
        except OSError:
            return False

    def _ask(self, method: str, path: str, values: dict[str, Any] | None = None) -> Any:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        body = None if values is None else json.dumps(values)
        line.request(method, path, body, {"Content-Type": "application/json"})
        answer = json.loads(line.getresponse().read())["value"]
        line.close()
        if isinstance(answer, dict) and "error" in answer and "message" in answer:
            raise Refused(f"{path}: {answer['message']}")
        return answer

    def tell(self, command: str, **values: Any) -> Any:
        return self._ask("POST", f"/session/{self.session}/{command}", values)

    def goto(self, url: str) -> None:
        self.tell("url", url=url)

    def _script(self, script: str, arguments: list[Any]) -> Any:
        return self.tell("execute/async", script=script, args=arguments)

    def attach(self, selector: str, path: Path) -> None:
        found = self.tell("element", using="css selector", value=selector)
        self.tell(f"element/{found[ELEMENT]}/value", text=str(path))

    def kill(self) -> None:
        end(self.process)
        end(self.display)
