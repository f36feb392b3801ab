"""A Redis server of the tests' own, which they may empty, kill and start again."""

import shutil
import subprocess
from pathlib import Path

import redis

from roundtag.supervisor import children, valkey
from tests.house.processes import free_port, until

DATABASES = 5_000


class RedisServer:
    """Debian's where there is one, else the Valkey that we ship. What it holds ends with it, and
    it ends with who started it (on Linux)."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.start()

    def start(self) -> None:
        program = shutil.which("redis-server") or str(valkey.binary())
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(
                [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                 "--appendonly", "no", "--databases", str(DATABASES)],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=children._before_native(),
            )  # fmt: skip
        until(self._answers, "Redis answers")

    def _answers(self) -> bool:
        try:
            return bool(self.door().ping())
        except redis.RedisError:
            return False

    def door(self, number: int = 0) -> redis.Redis:
        return redis.Redis(port=self.port, db=number)

    def url(self, number: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{number}"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
