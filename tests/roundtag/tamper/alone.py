"""The file that a client keeps, static/verifier/verify.py, asked in this process."""

import importlib.util
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from roundtag import heads, ledger
from roundtag.heads import exporting


@cache
def checker() -> ModuleType:
    spec: Any = importlib.util.spec_from_file_location("verify", exporting.VERIFIER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFUSED = (KeyError, ValueError, TypeError, AttributeError, LookupError)


def finds(client_id: int | None, note: str) -> bool:
    """Whether it finds something wrong with an export of a log made now, or there can be none."""
    try:
        return bool(says(client_id, [note]))
    except REFUSED:
        return True


def says(client_id: int | None, notes: list[str]) -> list[str]:
    """What it says of an export of a log made now."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export.zip")
        exporting.write(client_id, path)
        return wrong(path, heads.verifier_key(ledger.log_of(client_id).origin), notes)


def wrong(path: Path, key: str, notes: list[str]) -> list[str]:
    """What it says of an export; the words of a refusal when it cannot go on."""
    try:
        with zipfile.ZipFile(path) as archive:
            return list(checker().check(archive, key, notes))
    except (checker().Bad, *REFUSED) as refused:
        return [str(refused) or type(refused).__name__]
