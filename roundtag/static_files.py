"""Static files under a prefix that changes with their content: /static/<build>/…

The build is a hash of everything a browser may keep: static/, pwa/, templates and catalogues. A
tree with compressed siblings lies in DATA_DIR/static/<build>, its scripts and sheets without the
comments and indents that only we read; older builds stay a while, for tabs that were open during
an update.
"""

import fcntl
import gzip
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import rcssmin
import rjsmin
from whitenoise import WhiteNoise

ROOT = Path(__file__).parent.parent
SERVED = {"static": "", "pwa": "pwa"}
HASHED = (*SERVED, "templates", "translations")
COMPRESSED = {".css", ".html", ".js", ".json", ".mjs", ".svg", ".ttf", ".wasm", ".webmanifest"}
PARTS = re.compile(r'^@import "([\w.-]+)";\n', re.MULTILINE)
TERSE: dict[str, Callable[[str], str]] = {".js": rjsmin.jsmin, ".css": rcssmin.cssmin}
AS_WRITTEN = "static/verifier"
"""Auditors read these, and compare them with what they were given."""
IGNORED = {".mo", ".pot", ".draft"}
KEPT_BUILDS = 4
READ_WORKER = "read_worker.js"
READ_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
YEAR = 365 * 86_400
Wsgi = Callable[..., Iterable[bytes]]


@cache
def build() -> str:
    """Twelve hex digits that name the present content."""
    digest = hashlib.sha256()
    for name in HASHED:
        for path in _files(ROOT / name):
            digest.update(os.fsencode(path.relative_to(ROOT)) + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _files(folder: Path) -> Iterator[Path]:
    return (
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in IGNORED and not path.name.startswith(".")
    )


def prefix() -> str:
    """Where the files of the present build are served, e.g. /static/0123456789ab/."""
    return f"/static/{build()}/"


def prepare(data_dir: Path) -> Path:
    """The tree of the present build with .br and .gz siblings, made at its first use; by one of
    the units that share the folder and start at one moment."""
    home = data_dir / "static"
    home.mkdir(parents=True, exist_ok=True)
    with open(data_dir / "static.lock", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return _prepared(home)


def _prepared(home: Path) -> Path:
    tree = home / build()
    if not tree.exists():
        draft = home / f".{build()}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        for source, path in _sources():
            _add(source, draft / path)
        draft.mkdir(exist_ok=True)
        draft.rename(tree)
    _forget_old(home, tree)
    return tree


def _sources() -> Iterator[tuple[Path, Path]]:
    for name, below in SERVED.items():
        for path in _files(ROOT / name):
            yield path, Path(below) / path.relative_to(ROOT / name)


def _add(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    data = _content(source)
    target.write_bytes(data)
    if source.suffix not in COMPRESSED:
        return
    quality = 11 if len(data) < 200_000 else 9
    _keep_if_smaller(data, brotli.compress(data, quality=quality), Path(f"{target}.br"))
    _keep_if_smaller(data, gzip.compress(data, 9, mtime=0), Path(f"{target}.gz"))


def _content(source: Path) -> bytes:
    """What is sent of a file: names and words are never changed, only what a machine skips; a
    sheet's parts stand in their places, so that nobody fetches them one by one."""
    terse = TERSE.get(source.suffix)
    if terse is None or ROOT / AS_WRITTEN in source.parents:
        return source.read_bytes()
    text = PARTS.sub(lambda part: (source.parent / part[1]).read_text("utf-8"),
                     source.read_text("utf-8"))  # fmt: skip
    return str(terse(text)).encode()


def _keep_if_smaller(data: bytes, packed: bytes, target: Path) -> None:
    if len(packed) < 0.95 * len(data):
        target.write_bytes(packed)


def _forget_old(home: Path, tree: Path) -> None:
    os.utime(tree)
    builds = sorted(home.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in builds[KEPT_BUILDS:]:
        shutil.rmtree(old, ignore_errors=True)


def wrap(application: Wsgi, data_dir: Path | None) -> Any:
    """Serves static files before `application`: prepared ones when there are, else the sources."""
    served = WhiteNoise(
        application, max_age=YEAR, immutable_file_test=lambda *_: True,
        allow_all_origins=False, add_headers_function=_mark_as_ours,
    )  # fmt: skip
    home = None if data_dir is None else data_dir / "static"
    if home is not None and (home / build()).is_dir():
        for tree in home.iterdir():
            served.add_files(str(tree), f"static/{tree.name}/")
        return served
    for name, below in SERVED.items():
        if (ROOT / name).is_dir():
            served.add_files(str(ROOT / name), f"static/{build()}/{below}".rstrip("/") + "/")
    return served


def _mark_as_ours(headers: Any, path: str, _url: str) -> None:
    """A worker obeys its own script's policy: WebAssembly may be compiled in one place only."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if Path(path).name == READ_WORKER:
        headers["Content-Security-Policy"] = READ_POLICY


def shell() -> list[str]:
    """What the app needs to open without network: paths below the prefix."""
    wanted = ("css", "img", "vendor/htmx.org@", "vendor/idb@")
    found = [str(path.relative_to(ROOT / "static")) for path in _files(ROOT / "static")]
    kept = [path for path in found if path.startswith(wanted) and Path(path).suffix in SHELL]
    scripts = [f"pwa/{path.name}" for path in _files(ROOT / "pwa") if path.suffix == ".js"]
    return sorted(kept) + sorted(set(scripts) - {"pwa/sw.js"})


SHELL = {".css", ".js", ".svg", ".png"}
