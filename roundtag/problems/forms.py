"""Reads what the forms about problems sent."""

from roundtag import data
from roundtag.fields import Fields
from roundtag.problems.verbs import (
    KINDS,
    AddFault,
    OpenProblem,
    ResolveProblem,
    UpdateProblem,
)
from roundtag.words import N_

TITLE = 120


def read_opened(form: Fields) -> OpenProblem:
    title, kind, category = _what(form)
    fault = form.whole("fault")
    if fault is None and not any(error.field == "fault" for error in form.errors):
        form.refuse("fault", "required", N_("A problem is opened from a fault."))
    form.done()
    return OpenProblem((fault or 0,), title, kind, category)


def _what(form: Fields) -> tuple[str, str, str]:
    title = form.text("title", limit=TITLE, required=N_("Give it a short title.")) or ""
    kind = form.choice("kind", KINDS, required=N_("Choose what kind of cause it is.")) or ""
    category = form.choice("category", [one.code for one in data.categories()]) or ""
    return title, kind, category


def read_added(form: Fields, problem_id: int) -> AddFault:
    number = form.text("number", limit=40, required=N_("Give the number of a fault.")) or ""
    form.done()
    return AddFault(problem_id, number=number.upper())


def read_findings(form: Fields, problem_id: int) -> UpdateProblem:
    title, kind, category = _what(form)
    command = UpdateProblem(
        problem_id, title, kind, category, form.text("root_cause"), form.text("workaround"),
        form.raw("seen"),
    )  # fmt: skip
    form.done()
    return command


def read_resolution(form: Fields, problem_id: int) -> ResolveProblem:
    cause = form.text("cause", required=N_("Say what the root cause was.")) or ""
    form.done()
    return ResolveProblem(problem_id, cause)
