"""What the forms of the acceptance send; the drawing is stored before the verb is run."""

from typing import Any

from roundtag import signatures
from roundtag.acceptance.steps import CheckRound, HandIn
from roundtag.fields import Fields

REASON = "reason."
BACK = "back."


def read_hand_in(form: Fields, round_id: int) -> HandIn:
    command = HandIn(
        round_id,
        form.text("signer", limit=80),
        signatures.read(form),
        _by_stop(form, REASON),
        form.text("reason"),
        form.text("note"),
    )
    form.done()
    return command


def read_decision(form: Fields, round_id: int, kind: type[CheckRound] = CheckRound,
                  **more: Any) -> CheckRound:  # fmt: skip
    """`back.<stop>` names a stop that goes back; `reason.<stop>` says why. Who signs all the same
    has marked it with either of them."""
    why = _by_stop(form, REASON)
    marked = [_by_stop(form, BACK), why if form.raw("decision") == "approved" else {}]
    returned = {key: why.get(key, "") for found in marked for key, on in found.items() if on}
    command = kind(
        round_id,
        form.raw("seen"),
        form.raw("decision"),
        form.text("signer", limit=80),
        signatures.read(form),
        returned,
        form.text("reason"),
        form.text("note"),
        **more,
    )
    form.done()
    return command


def _by_stop(form: Fields, prefix: str) -> dict[int, str]:
    return {int(k): v[:2000] for k, v in form.under(prefix).items()
            if k.isascii() and k.isdecimal() and len(k) < 10}  # fmt: skip
