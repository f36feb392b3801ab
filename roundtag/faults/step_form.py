"""Reads a step as it was filled in; each step has fields of its own, others are not read."""

from typing import Any

from roundtag.commands import Photo
from roundtag.faults.judging import KINDS
from roundtag.faults.stepping import MODES, STEPS, TEMPORARY, TakeStep
from roundtag.fields import Fields
from roundtag.sla.events import REASONS
from roundtag.words import N_

FORM = "step"
SHORT = 200
Values = dict[str, Any]


def read(form: Fields, photos: tuple[Photo, ...] = ()) -> TakeStep:
    """Raises Invalid naming every bad field."""
    step = form.choice("step", STEPS, required=N_("Choose what you did.")) or ""
    fill = FILL.get(step, _nothing)
    values = fill(form)
    note = form.text("note", required=_owed(step, values))
    command = TakeStep(form.whole("fault") or 0, step, note=note, photos=photos, **values)
    form.done()
    return command


def _owed(step: str, values: Values) -> str:
    if step == "progress":
        return N_("Say how far it is.")
    reason = REASONS.get(values.get("reason") or "")
    words = N_("Say in a few words what stops the work.")
    return words if reason and reason.needs == "note" else ""


def _nothing(form: Fields) -> Values:
    return {}


def _respond(form: Fields) -> Values:
    return {"mode": form.choice("mode", MODES, required=N_("Choose how you help.")) or ""}


def _arrive(form: Fields) -> Values:
    tag, why = form.raw("tag"), form.text("why")
    if not (tag or why):
        form.refuse("tag", "required", N_("Scan a label here, or say why there is none."))
    return {"tag": tag, "why": why}


def _restore_remotely(form: Fields) -> Values:
    return {
        "diagnosis": form.text("diagnosis", required=N_("Say what you found.")),
        "temporary": form.choice("temporary", TEMPORARY) or "",
    }


def _restore(form: Fields) -> Values:
    return {**_restore_remotely(form), "tag": form.raw("tag"), "why": form.text("why")}


def _resolve(form: Fields) -> Values:
    return {
        "cause": form.text("cause", required=N_("Say what the cause was.")),
        "remedy": form.text("remedy", required=N_("Say what was done.")),
        "kind": form.choice("kind", KINDS) or "",
        "cost": form.text("cost", limit=SHORT),
        "tag": form.raw("tag"),
        "why": form.text("why"),
    }


def _pause(form: Fields) -> Values:
    return {"reason": form.choice("reason", REASONS, required=N_("Choose a reason.")) or ""}


def _resume(form: Fields) -> Values:
    return {"reason": form.choice("reason", REASONS) or ""}


FILL = {
    "respond": _respond, "arrive": _arrive, "restore": _restore, "resolve": _resolve,
    "restore_remotely": _restore_remotely, "pause": _pause, "resume": _resume,
}  # fmt: skip
VERSIONS = {"1": read}
