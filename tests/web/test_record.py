"""Recorded at a code by a browser without scripts: filed at its tag, or kept for the office."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from roundtag.models import Fault, Note, Submission
from tests.seeing import snapshot
from tests.web.reading import Form, Page
from tests.world import World

UNKNOWN = "7K3M9QX2PD"


def form_of(browser: FlaskClient, code: str) -> Form:
    [form] = [
        one for one in Page(browser.get(f"/record?code={code}").text).forms
        if one.method == "post" and one.action == "/record"
    ]  # fmt: skip
    return form


def send(browser: FlaskClient, code: str, **typed: str) -> TestResponse:
    return browser.post("/record", data={**form_of(browser, code).filled(), **typed})


def test_a_fault_a_check_and_a_note_arrive_at_the_device(
    engineer: FlaskClient, world: World
) -> None:
    [code, *_] = world.tags
    fault = send(engineer, code, what="fault", symptom="no_picture", text="黑屏")
    assert fault.status_code == 303
    assert "/faults/" in fault.location
    assert send(engineer, code, what="check", result="pass").location == f"/t/{code}"
    assert send(engineer, code, what="note", text="钥匙在前台").location == f"/t/{code}"
    page = engineer.get(f"/t/{code}").text
    assert "钥匙在前台" in page
    assert [note.kind for note in Note.select().order_by(Note.id)] == ["check", "note"]
    assert Fault.select().count() == 1


def test_a_failed_check_opens_a_fault(engineer: FlaskClient, world: World) -> None:
    assert (
        send(engineer, world.tags[0], what="check", result="fail", text="有异响").status_code == 303
    )
    assert Fault.get().symptom == "checklist"


@pytest.mark.parametrize(
    ("typed", "field"),
    [({}, "what"), ({"what": "check"}, "result"), ({"what": "fault"}, "symptom"),
     ({"what": "note"}, "text")],
)  # fmt: skip
def test_what_is_missing_is_named_and_nothing_is_left(
    engineer: FlaskClient, world: World, typed: dict[str, str], field: str
) -> None:
    before = snapshot()
    answer = send(engineer, world.tags[0], **typed)
    assert answer.status_code == 422
    assert any(e.get("data-error-for") == field and e.text for e in Page(answer.text).elements)
    assert snapshot() == before


def test_a_code_of_no_label_is_kept_for_the_office(engineer: FlaskClient, world: World) -> None:
    answer = engineer.post(
        "/record",
        data={**form_of(engineer, world.tags[0]).filled(), "tag": UNKNOWN, "what": "note",
              "text": "标签没有登记"},
    )  # fmt: skip
    assert answer.status_code == 303
    kept = Submission.select().order_by(Submission.received_at.desc()).get()
    assert kept.outcome == "review"
    assert UNKNOWN in engineer.get(answer.location).text


def test_a_slip_in_the_code_is_told(engineer: FlaskClient, world: World) -> None:
    page = Page(engineer.get("/record?code=7K3M9QX2PA").text)
    [slip] = [e for e in page.elements if "data-record-slip" in e.attributes]
    assert not slip.hidden
