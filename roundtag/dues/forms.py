"""Reads what the forms about dues sent."""

from roundtag.dues.verbs import (
    CallMaker,
    DeclareIrreparable,
    FulfilDue,
    MarkUnusable,
    RecordCallback,
    WaiveDue,
    WriteDiagnosis,
)
from roundtag.fields import Fields
from roundtag.words import N_

SHORT = 500


def read_fulfilment(form: Fields, due_id: int) -> FulfilDue:
    note = form.text("note", required=N_("Say what was done."))
    form.done()
    return FulfilDue(due_id, note or "")


def read_diagnosis(form: Fields, due_id: int) -> WriteDiagnosis:
    cause = form.text("cause", required=N_("Say what the cause is."))
    remedy = form.text("remedy", required=N_("Say what puts it right."))
    cost = form.text("cost", required=N_("Say what the repair costs; 0 when nothing."), limit=120)
    form.done()
    return WriteDiagnosis(due_id, cause or "", remedy or "", cost or "")


def read_waiver(form: Fields, due_id: int) -> WaiveDue:
    reason = form.text("reason", required=N_("Say why it is not done."), limit=SHORT)
    form.done()
    return WaiveDue(due_id, reason or "")


def read_callback(form: Fields, due_id: int) -> RecordCallback:
    answer = form.choice("answer", ("satisfied", "unhappy", "not_reached"),
                         required=N_("Choose one of the list."))  # fmt: skip
    words = form.text("words", limit=SHORT)
    if answer == "unhappy" and not words:
        form.refuse("words", "required", N_("Say what is not right."))
    form.done()
    return RecordCallback(due_id, answer != "not_reached", answer == "satisfied", words)


def read_maker(form: Fields, fault_id: int) -> CallMaker:
    asked = form.text("asked", required=N_("Say what the maker is wanted for."), limit=SHORT)
    form.done()
    return CallMaker(fault_id, asked or "", form.raw("key_part") == "1")


def read_irreparable(form: Fields, fault_id: int) -> DeclareIrreparable:
    reason = form.text("reason", required=N_("Say why it cannot be repaired."), limit=SHORT)
    form.done()
    return DeclareIrreparable(fault_id, reason or "")


def read_unusable(form: Fields, fault_id: int) -> MarkUnusable:
    words = form.text("words", required=N_("Say what cannot be used."), limit=SHORT)
    form.done()
    return MarkUnusable(fault_id, words or "")
