"""Static files under a prefix that changes with their content: /static/<build>/…

The build is a hash of everything a browser may keep: static/, pwa/, templates and catalogues. A
tree with compressed siblings lies in DATA_DIR/static/<build>; older builds stay a while, for tabs
that were open during an update.
"""

import gzip
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import brotli
from whitenoise import WhiteNoise

ROOT = Path(__file__).parent.parent
SERVED = {"static": "", "pwa": "pwa"}
HASHED = (*SERVED, "templates", "translations")
COMPRESSED = {".css", ".html", ".js", ".json", ".mjs", ".svg", ".ttf", ".wasm", ".webmanifest"}
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
    """The tree of the present build with .br and .gz siblings, made at its first use."""
    home = data_dir / "static"
    tree = home / build()
    if not tree.exists():
        home.mkdir(parents=True, exist_ok=True)
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
    shutil.copy2(source, target)
    if source.suffix not in COMPRESSED:
        return
    data = source.read_bytes()
    quality = 11 if len(data) < 200_000 else 9
    _keep_if_smaller(data, brotli.compress(data, quality=quality), Path(f"{target}.br"))
    _keep_if_smaller(data, gzip.compress(data, 9, mtime=0), Path(f"{target}.gz"))


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
