"""System calls that change files, as strace saw them, in their order."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
CALLS = ("openat,write,writev,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,"
         "unlinkat,mkdir,mkdirat,rmdir")  # fmt: skip
UNHEARD = "pwritev,pwritev2,fallocate,copy_file_range,sendfile,link,linkat,truncate,open"
"""Other ways of changing a file: the product uses none, and a recording with one is refused."""
LINE = re.compile(r"(\w+)\((.*)\) = (-?\d+)")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
HANDLE = re.compile(r"^(\d+)<((?:\\x[0-9a-f]{2})*)>")


@dataclass(frozen=True)
class Event:
    """`what`: write, cut, sync, make, folder, move, remove, or ack (then `path` is what was told).
    `start`: offset in bytes; the length for cut."""

    what: str
    path: str
    start: int = 0
    data: bytes = b""
    to: str = ""


@contextmanager
def stage(folder: Path, traced: bool = False) -> Iterator["Orders"]:
    """A stage (see stage.py) that takes orders; `traced` writes folder/trace.PID of each fork."""
    watch = ["strace", "-ff", "--seccomp-bpf", "-y", "-xx", "-s", "99999999", "-o",
             str(folder / "trace"), "-e", f"trace={CALLS},{UNHEARD}"]  # fmt: skip
    command = [sys.executable, "-m", "tests.crashes.stage", str(folder)]
    with (folder / "stage.log").open("wb") as log, subprocess.Popen(
        [*(watch if traced else ()), *command], cwd=ROOT, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=log,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "ready\n", (folder / "stage.log").read_text()
        try:
            yield Orders(process.stdin, process.stdout, folder, process.pid)
        finally:
            process.stdin.close()


@dataclass
class Orders:
    """What is asked of a stage, line by line; `pid` is its process (that of its tracer, if any)."""

    out: IO[str]
    back: IO[str]
    folder: Path
    pid: int

    def begin(self, *words: Any) -> None:
        self.out.write(json.dumps(words) + "\n")
        self.out.flush()

    def end(self) -> dict[str, Any]:
        said = json.loads(self.back.readline())
        assert "error" not in said, said["error"]
        return dict(said)

    def do(self, *words: Any) -> dict[str, Any]:
        self.begin(*words)
        return self.end()


def events(file: Path, folder: Path, acks: Path) -> list[Event]:
    """What happened to files below `folder`, and what was told in the file `acks`."""
    inside, found = f"{folder}/", []
    reader = _Reader()
    with file.open() as lines:
        for line in lines:
            if not (match := LINE.match(line)) or int(match[3]) < 0:
                continue
            for event in reader.read(match[1], match[2], int(match[3])):
                if event.path == str(acks) and event.what == "write":
                    found.append(Event("ack", event.data.decode().strip()))
                elif event.path.startswith(inside) or event.path == str(folder):
                    found.append(event)
    return found


class _Reader:
    """Positions of files that are written from the start to the end."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}

    def read(self, call: str, rest: str, result: int) -> Iterator[Event]:
        texts = [_bytes(text) for text in TEXT.findall(rest)]
        names = [text.decode(errors="replace") for text in texts] if "write" not in call else []
        handle = HANDLE.match(rest)
        path = _bytes(handle[2]).decode(errors="replace") if handle else ""
        if call in UNHEARD.split(","):
            assert not any("roundtag" in one for one in (path, *names)), call
        elif call == "openat":
            self.at[names[0]] = 0
            if "O_CREAT" in rest:
                yield Event("make", names[0])
            if "O_TRUNC" in rest:
                yield Event("cut", names[0])
        elif call in ("write", "writev"):
            yield Event("write", path, self.at.get(path, 0), b"".join(texts)[:result])
            self.at[path] = self.at.get(path, 0) + result
        elif call == "pwrite64":
            yield Event("write", path, int(rest.rsplit(", ", 1)[1]), texts[0][:result])
        elif call == "ftruncate":
            yield Event("cut", path, int(rest.rsplit(", ", 1)[1]))
        elif call in ("fsync", "fdatasync"):
            yield Event("sync", path)
        elif call.startswith("rename"):
            yield Event("move", names[0], to=names[1])
        elif call.startswith("mkdir"):
            yield Event("folder", names[0])
        elif call in ("unlink", "unlinkat", "rmdir"):
            yield Event("remove", names[0])


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
