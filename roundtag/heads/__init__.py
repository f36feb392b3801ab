"""Signed heads of the logs: made within a minute of every deed, kept here and handed out."""

from roundtag.heads.chain import newest as public_key
from roundtag.heads.checks import (
    LogLine,
    ask,
    check,
    ensure,
    for_witness,
    heads_of,
    in_view,
    notes,
    one,
)
from roundtag.heads.exporting import signed as export
from roundtag.heads.gaps import recent as restores
from roundtag.heads.guards import missing as unguarded
from roundtag.heads.reading import (
    consistency,
    inclusion,
    known,
    newest,
    note_of,
    problems,
    verifier_key,
    verify,
)
from roundtag.heads.rotating import RotateKey, retire, rotate, rotate_key
from roundtag.heads.signing import Fork, sign, sign_all

__all__ = [
    "Fork", "LogLine", "RotateKey", "ask", "check", "consistency", "ensure", "export",
    "for_witness", "heads_of", "in_view", "inclusion", "known", "newest", "note_of", "notes",
    "one", "problems", "public_key", "restores", "retire", "rotate", "rotate_key", "sign",
    "sign_all", "unguarded", "verifier_key", "verify",
]  # fmt: skip
