"""The command line without its start: one process reads the program, and each command runs in a
child that parts from it, as the parts of `roundtag serve` do."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from blueprints.cli import main

ROOT = Path(__file__).parents[2]


class CommandLine:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.house.warm"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(
        self, words: tuple[str, ...], env: dict[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        assert self.process.stdin
        assert self.process.stdout
        with tempfile.TemporaryDirectory() as folder:
            said = [Path(folder, name) for name in ("out", "err")]
            asked = {"words": words, "env": env, "said": [str(path) for path in said]}
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
            code = int(self.process.stdout.readline())
            return subprocess.CompletedProcess(words, code, *(path.read_text() for path in said))

    def close(self) -> None:
        self.process.communicate()


def _serve() -> None:
    main.list_commands(click.Context(main))  # which reads them all
    for line in sys.stdin:
        if not (child := os.fork()):
            return _command(**json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _command(words: list[str], env: dict[str, str], said: list[str]) -> None:
    for number, path in enumerate(said, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["roundtag", *words]
    main()


if __name__ == "__main__":
    _serve()
