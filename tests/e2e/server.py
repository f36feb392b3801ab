"""The product as a person starts it: `roundtag serve --demo`, in a process group of its own."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

from roundtag import db
from roundtag.models import Device, Tag, Unit
from tests.house import engines
from tests.house.processes import environment, family, free_port, names, running, until

PASSWORD = "demo-password-1"
ROUNDTAG = str(Path(sys.executable).with_name("roundtag"))
STARTS_WITHIN = 120


class Server:
    """One installation with a DATA_DIR of its own; it may be stopped, killed and started again."""

    words = ("serve", "--demo")

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir, self.port = data_dir, free_port()
        self.url = f"http://localhost:{self.port}"
        self.database_url = engines.database_url(data_dir)
        values = {
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "BASE_URL": self.url,
            "DATABASE_URL": self.database_url,
            "ROUNDTAG_DEMO_PASSWORD": PASSWORD,
            **settings,
        }
        self.database_url = values["DATABASE_URL"]
        self.env = environment(**values)
        self.log = data_dir.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [ROUNDTAG, *self.words],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._answers, f"the server answers (it writes {self.log})", STARTS_WITHIN)
        return self

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)
            self.process = None

    def kill(self) -> None:
        """kill -9 of all at one moment: supervisor, web, worker, scheduler and queue."""
        if self.process is not None:
            everyone = family(self.process.pid)
            for pid in sorted(everyone):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait(30)
            until(lambda: not running(everyone), "all killed processes are gone")
            self.process = None

    def web_workers(self) -> set[int]:
        """The processes that answer requests."""
        assert self.process is not None
        called = names()
        mine = family(self.process.pid) & set(called)
        web = {pid for pid in mine if called[pid] == "roundtag-web"}
        return {pid for pid in web if len(family(pid)) == 1}

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [ROUNDTAG, *words], env=self.env, capture_output=True, text=True, check=True
        )
        return done.stdout

    def tags(self, kind: str = "device") -> list[dict[str, str]]:
        """code, kind, name, url of the tags of one kind, as scripts read them."""
        return [tag for tag in self._listed if tag["kind"] == kind]

    @cached_property
    def _listed(self) -> list[dict[str, str]]:
        return list(json.loads(self.command("tags", "list", "--json")))

    def tags_with_spares(self) -> list[str]:
        """Codes of devices for whose kind a unit is in stock."""
        with self.records():
            kinds = {unit.model.category for unit in Unit.select().where(Unit.place == "store")}
            devices = Device.select(Device.id).where(Device.category.in_(kinds))
            found = Tag.select().where(Tag.device.in_(devices)).order_by(Tag.device)
            return [tag.code for tag in found]

    @contextmanager
    def records(self) -> Iterator[None]:
        """Reads of roundtag.models in the block see what the server has stored."""
        db.connect(self.database_url)
        with db.database.connection_context():
            yield
        db.database.close_all()
