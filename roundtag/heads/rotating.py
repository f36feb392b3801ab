"""The signing key is changed by a deed: the old key vouches for the leaf that names the new one.

First the new key is on the disk, then every log announces it in one transaction, then the old key
signs that. Whatever breaks off in between leaves logs that go on, and can be done again.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from roundtag import clock, commands, ledger
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.heads import chain, keys, signing
from roundtag.models import Log, LogHead, LogKey, SigningKey
from roundtag.tlog import checkpoint
from roundtag.words import N_


@dataclass(frozen=True)
class RotateKey:
    """`public`: the new key's public half in hexadecimal."""

    public: str


def rotate(actor: Actor) -> str:
    """Changes the signing key; returns the id of the new one. A key that was made for a change
    which broke off is taken."""
    public = _waiting() or keys.make()
    commands.run(str(uuid.uuid4()), rotate_key, RotateKey(public.hex()), actor)
    signing.sign_all(clock.now())
    return keys.short(public)


def _waiting() -> bytes | None:
    """A key that lies here and that no log has announced."""
    known = set(chain.of(ledger.log_of(None)).publics)
    return next((public for public in keys.all_held() if public not in known), None)


def rotate_key(command: RotateKey, deed: Deed) -> Outcome:
    """Announces a key in every log; whoever writes to one waits meanwhile."""
    deed.require()
    public = bytes.fromhex(command.public)
    if public not in keys.all_held():
        raise invalid("public", "unknown", N_("This key does not lie beside the present one."))
    Log.update(size=Log.size).where(Log.client.is_null()).execute()  # clients are opened after it
    Log.update(size=Log.size).execute()
    for log in Log.select().order_by(Log.client.is_null(), Log.id):
        known = chain.of(log).publics[-1]
        if known == public:
            raise invalid("public", "same", N_("This key signs already."))
        said = {"size": log.size, "before": checkpoint.verifier(log.origin, known),
                "verifier": checkpoint.verifier(log.origin, public),
                "at": deed.received_at}  # fmt: skip
        if log.client_id is None:
            deed.create(SigningKey, **said)
        else:
            deed.create(LogKey, client=log.client_id, **said)
    return Outcome(N_("Every log announces the new key."))


def retire(oldest: datetime) -> int:
    """Removes keys that no backup needs which is kept: those replaced, in every log, before the
    oldest of them was made. Returns how many."""
    gone = 0
    logs = list(Log.select())
    for row in SigningKey.select().where(SigningKey.at < clock.to_text(oldest)):
        public = checkpoint.read_verifier(row.before)[1]
        if not any(_needed(log, public) for log in logs):
            gone += keys.drop(public)
    return gone


def _needed(log: Log, public: bytes) -> bool:
    """Whether a key's turn has not passed: it signs next, or comes later."""
    held = chain.of(log)
    last = LogHead.select().where(LogHead.log == log.id).order_by(LogHead.size.desc()).first()
    turn = sum(leaf < last.size for leaf in held.since) if last else 0
    return public in held.publics[turn:]
