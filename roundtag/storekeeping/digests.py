"""What tells two states of a record apart, so that nobody overwrites what they have not seen."""

import hashlib
import json
from typing import Any

from roundtag.models import Base
from roundtag.words import N_

OVERTAKEN = N_("Somebody else has changed this since. Look at it first.")


def of(row: Base | None, *names: str) -> str:
    """The digest of these columns of a row; empty while there is no row."""
    if row is None:
        return ""
    state: list[Any] = [row.__data__.get(name) for name in names]
    text = json.dumps(state, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
