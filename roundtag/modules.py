"""What a script of a page imports: told at the head of the page, the browser fetches all at once.

Without that a module's imports are only found when it has come, and theirs after it: each step of
the chain is one more journey to the server and back.
"""

import posixpath
import re
from collections.abc import Iterator
from functools import cache

from roundtag.static_files import ROOT

IMPORT = re.compile(r'(?:\bfrom|^import)\s+"(\.{1,2}/[^"]+)"', re.MULTILINE)
"""Imports at a module's start; `import(…)` is for later, and is not told."""


@cache
def closure(path: str) -> tuple[str, ...]:
    """The module and all that it needs before it runs, as paths below the static prefix."""
    known: list[str] = []
    waiting = [path]
    while waiting:
        module = waiting.pop(0)
        if module not in known:
            known.append(module)
            waiting += _imports(module)
    return tuple(known)


def _imports(path: str) -> Iterator[str]:
    home = ROOT if path.startswith("pwa/") else ROOT / "static"
    for name in IMPORT.findall((home / path).read_text(encoding="utf-8")):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
