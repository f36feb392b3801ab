"""The forms as a browser without JavaScript sends them: one record, nothing typed is lost."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from roundtag.blobs import MAX_BYTES, MAX_SENT
from roundtag.models import (
    Attachment,
    Blob,
    Conflict,
    Fault,
    FaultContact,
    Inspection,
    OtherBody,
    Submission,
    Swap,
)
from tests import world as worlds
from tests.seeing import snapshot, stored, wiped
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World

Fill = Callable[[World], dict[str, str]]


@dataclass(frozen=True)
class Case:
    """A form: who sends it, where, filled how, and the table that its record is in."""

    who: str | None
    path: str
    fill: Fill
    table: Any
    sentence: str
    prefix: str


CASES = {
    "inspection": Case("engineer-a", "inspections", worlds.check_form, Inspection,
                       "The check is filed. All in order.", "c-"),
    "swap": Case("engineer-a", "swaps", worlds.swap_form, Swap,
                 "Swapped: SNA1 out, SPA1 in.", "s-"),
    "fault": Case("engineer-a", "faults", worlds.fault_form, Fault, "is reported.", "r-"),
    "attendee": Case(None, "faults", worlds.fault_form, Fault, "is reported.", "a-"),
}  # fmt: skip


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def browser(case: Case, visitor: FlaskClient, signed_in: SignIn) -> FlaskClient:
    found = signed_in(case.who) if case.who else visitor
    found.set_cookie("lang", "en")
    return found


def upload(data: bytes, name: str = "photo.jpg") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def send(browser: FlaskClient, world: World, case: Case, **more: Any) -> TestResponse:
    data = {**case.fill(world), **more}
    return browser.post(f"/t/{world.tags[0]}/{case.path}", data=data,
                        content_type="multipart/form-data")  # fmt: skip


def opened(browser: FlaskClient, world: World, case: Case) -> dict[str, str]:
    """The form's fields as its page shows them, the id made by the server among them."""
    page = Page(browser.get(f"/t/{world.tags[0]}").text)
    return page.form(f"/t/{world.tags[0]}/{case.path}").filled()


def test_a_form_from_its_own_page_is_filed(browser: FlaskClient, world: World, case: Case) -> None:
    shown = opened(browser, world, case)
    assert len(shown["submission_id"]) == 36
    answer = send(browser, world, case, **{**shown, **case.fill(world)})
    assert answer.status_code == 303, answer.text
    expected = {"inspections": f"/t/{world.tags[0]}", "swaps": f"/t/{world.tags[0]}"}
    place = expected.get(case.path, "/faults/" if case.who else "/status/")
    assert answer.location.startswith(place)
    page = Page(browser.get(answer.location).text)
    assert [text for text in page.flashes() if case.sentence in text]
    assert case.table.select().count() == 1
    assert Page(browser.get(answer.location).text).flashes() == []


def test_photos_travel_with_the_form(browser: FlaskClient, world: World, case: Case) -> None:
    data, photo = worlds.jpeg()
    second, other = worlds.jpeg("green")
    answer = send(browser, world, case, photo=[upload(data), upload(second)])
    if case.who is None:  # an attendee sends one
        assert (answer.status_code, stored()) == (422, set())
        return
    assert answer.status_code == 303, answer.text
    assert sorted(stored()) == sorted([photo.sha256, other.sha256])
    assert {a.sha256 for a in Attachment.select()} == {photo.sha256, other.sha256}


def test_the_same_photo_twice_is_one(browser: FlaskClient, world: World, case: Case) -> None:
    data, photo = worlds.jpeg()
    photos = [upload(data) for _ in range(2 if case.who else 1)]  # an attendee sends one
    assert send(browser, world, case, photo=photos).status_code == 303
    kept = {photo.sha256} if case.who else {Blob.get().sha256}  # an attendee's is drawn anew
    assert stored() == kept


def test_sent_again_it_stays_one_record(browser: FlaskClient, world: World, case: Case) -> None:
    key, data = worlds.new_id(), worlds.jpeg()[0]
    first = send(browser, world, case, submission_id=key, photo=[upload(data)])
    before = snapshot()
    for _ in range(2):
        again = send(browser, world, case, submission_id=key, photo=[upload(data)])
        assert (again.status_code, again.location) == (303, first.location)
    assert snapshot() == before


def test_the_same_id_with_other_words_is_refused_and_both_are_kept(
    browser: FlaskClient, world: World, case: Case
) -> None:
    key = worlds.new_id()
    assert send(browser, world, case, submission_id=key).status_code == 303
    answer = send(browser, world, case, submission_id=key, note="later", description="later")
    assert answer.status_code == 409
    assert "received before with other content" in answer.text
    assert case.table.select().count() == 1
    assert "later" in OtherBody.get().body


BROKEN = {
    "inspections": ("item.lamp", "abc"),
    "swaps": ("new_serial", ""),
    "faults": ("symptom", "nonsense"),
}


def test_a_bad_field_is_named_and_nothing_is_lost_or_left(
    browser: FlaskClient, world: World, case: Case
) -> None:
    name, bad = BROKEN[case.path]
    words = {"note": "很重要 <b>&", "description": "line 1\nline 2", "contact": "+86 10"}
    key, before = worlds.new_id(), snapshot()
    data = {**case.fill(world), **words, name: bad, "submission_id": key}
    answer = send(browser, world, case, **data, photo=[upload(worlds.jpeg()[0])])
    assert answer.status_code == 422
    wiped()
    assert (snapshot(), stored()) == (before, set())
    page = Page(answer.text)
    assert page.error(name, case.prefix)
    form = page.form(f"/t/{world.tags[0]}/{case.path}")
    kept = form.filled()
    for field in form.names & set(data) - {name}:
        assert kept[field].strip() == data[field], field
    if bad != "nonsense":
        assert kept[name] == bad
    again = send(browser, world, case, **{**kept, **case.fill(world), "submission_id": key})
    assert again.status_code == 303


PHOTOS = {
    "oversize": (b"\xff\xd8\xff" + bytes(MAX_BYTES), "8 MB"),
    "no image": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a photo"),
    "html named jpg": (b"<!doctype html><script>1</script>", "not a photo"),
    "cut short": (worlds.jpeg(size=(400, 300))[0][:600], "not a photo"),
    "empty": (b"", "empty"),
}


@pytest.mark.parametrize("kind", sorted(PHOTOS))
def test_a_bad_photo_is_refused_beside_its_field(
    browser: FlaskClient, world: World, case: Case, kind: str
) -> None:
    data, words = PHOTOS[kind]
    if case.who is None and kind == "oversize":
        data, words = bytes(MAX_SENT + 1), "20 MB"
    good, before = worlds.jpeg()[0], snapshot()
    photos = [upload(good), upload(data)] if case.who else [upload(data)]
    answer = send(browser, world, case, note="typed", description="typed", photo=photos)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert words in page.error("photo", case.prefix)
    assert "typed" in page.form(f"/t/{world.tags[0]}/{case.path}").filled().values()
    wiped()
    assert (snapshot(), stored()) == (before, set())


def test_a_bad_photo_of_an_item_is_named_at_the_item(engineer: FlaskClient, world: World) -> None:
    case = CASES["inspection"]
    more = {"item.image": "fail", "note.image": "dark", "photo.image": [upload(b"no picture")]}
    answer = send(engineer, world, case, **more)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.error("photo.image", "c-")
    assert not page.error("photo", "c-")


def test_a_good_photo_of_an_item_goes_to_its_fault(engineer: FlaskClient, world: World) -> None:
    data, photo = worlds.jpeg()
    more = {"item.image": "fail", "note.image": "dark", "photo.image": [upload(data)]}
    assert send(engineer, world, CASES["inspection"], **more).status_code == 303
    found = {a.subject: (a.field, a.sha256) for a in Attachment.select()}
    assert found["fault"] == found["inspection"] == ("photo.image", photo.sha256)


def test_a_photo_known_before_survives_a_refused_form(engineer: FlaskClient, world: World) -> None:
    data, photo = worlds.jpeg()
    assert send(engineer, world, CASES["fault"], photo=[upload(data)]).status_code == 303
    bad = send(engineer, world, CASES["fault"], symptom="nonsense", photo=[upload(data)])
    assert bad.status_code == 422
    assert stored() == {photo.sha256}
    assert Blob.select().count() == 1


def test_a_file_under_a_name_of_its_own_is_refused(
    browser: FlaskClient, world: World, case: Case
) -> None:
    before = snapshot()
    answer = send(browser, world, case, evil=[upload(worlds.jpeg()[0])])
    assert answer.status_code == 422
    wiped()
    assert (snapshot(), stored()) == (before, set())
    assert "differ" in answer.text or "不" in answer.text


def test_a_text_in_place_of_a_photo_is_refused(
    browser: FlaskClient, world: World, case: Case
) -> None:
    before = snapshot()
    assert send(browser, world, case, photo="blob:" + "0" * 64).status_code == 422
    assert snapshot() == before


@pytest.mark.parametrize("key", ["", "x", "round-1-monthly-2026-12", "\0", "../../etc", "é" * 400])
def test_an_id_that_is_none_is_replaced(
    browser: FlaskClient, world: World, case: Case, key: str
) -> None:
    assert send(browser, world, case, submission_id=key).status_code == 303
    made = Submission.select().order_by(Submission.received_at.desc()).get()
    assert made.id != key
    assert len(made.id) == 36


def test_a_form_speaks_of_the_tag_of_its_address(
    browser: FlaskClient, world: World, case: Case
) -> None:
    """Reports are counted per tag of the address; one may not count for another."""
    before = snapshot()
    for tag in (world.tags[1], "", "0000000000"):
        answer = send(browser, world, case, tag=tag)
        assert answer.status_code == 404
    assert snapshot() == before


def test_a_tag_may_be_spelt_as_people_type_it(
    browser: FlaskClient, world: World, case: Case
) -> None:
    code = world.tags[0]
    answer = send(browser, world, case, tag=f"{code[:5]}-{code[5:]}".lower())
    assert answer.status_code == 303


def test_a_swap_made_meanwhile_is_shown_as_conflict(engineer: FlaskClient, world: World) -> None:
    engineer.set_cookie("lang", "en")
    case = CASES["swap"]
    assert send(engineer, world, case).status_code == 303
    engineer.get(f"/t/{world.tags[0]}")
    answer = send(engineer, world, case, new_serial="SPA2")
    assert answer.status_code == 303
    page = Page(engineer.get(answer.location).text)
    assert [text for text in page.flashes() if "Nothing was moved" in text]
    assert [one for one in page.elements if one.get("class") == "notice notice--warn"]
    assert (Swap.select().count(), Conflict.select().count()) == (1, 1)
    assert "The unit had been swapped already" in page.text


def test_hidden_fields_that_fail_are_told_on_top(engineer: FlaskClient, world: World) -> None:
    engineer.set_cookie("lang", "en")
    answer = send(engineer, world, CASES["inspection"], template_version="999999")
    alerts = [e.text for e in Page(answer.text).elements if e.get("role") == "alert"]
    assert answer.status_code == 422
    assert "This checklist is not known. Reload the page." in " ".join(alerts)


def test_a_step_is_taken_once_and_what_lacks_stands_at_its_field(
    engineer: FlaskClient, world: World
) -> None:
    engineer.set_cookie("lang", "en")
    send(engineer, world, CASES["fault"])
    fault = Fault.get()
    path = f"/faults/{fault.id}/steps"
    bad = engineer.post(path, data=worlds.step_form(fault.id, "resolve", remedy=" "))
    assert bad.status_code == 422
    assert Page(bad.text).error("remedy", "f-") == "Say what was done."
    nowhere = engineer.post(path, data=worlds.step_form(fault.id, "arrive", tag="0" * 10, why=""))
    assert "does not belong to" in Page(nowhere.text).error("tag", "f-")
    good = {
        **worlds.step_form(fault.id, "resolve", remedy="reset"),
        "submission_id": worlds.new_id(),
    }
    for _ in range(2):
        done = engineer.post(path, data=good)
        assert (done.status_code, done.location) == (303, f"/faults/{fault.id}")
    late = engineer.post(path, data=worlds.step_form(fault.id, "resolve", remedy="again"))
    assert "on record already" in engineer.get(late.location).text
    assert Fault.get().remedy == "reset"
    other = engineer.post(path, data=worlds.step_form(fault.id + 1, "resolve"))
    assert other.status_code == 404


def test_a_form_of_a_megabyte_of_text_is_too_large(
    browser: FlaskClient, world: World, case: Case
) -> None:
    before = snapshot()
    answer = send(browser, world, case, note="x" * 1_200_000)
    assert answer.status_code == 413
    assert "too large" in answer.text
    assert snapshot() == before


def test_six_full_photos_and_one_more_are_too_large(
    browser: FlaskClient, world: World, case: Case
) -> None:
    answer = send(browser, world, case, photo=[upload(bytes(MAX_BYTES)) for _ in range(7)])
    assert answer.status_code == 413
    assert stored() == set()


def test_the_languages_of_a_refused_form_lead_back_to_its_page(
    visitor: FlaskClient, world: World
) -> None:
    case = CASES["attendee"]
    page = Page(send(visitor, world, case, symptom="").text)
    switch = page.all("button", form="report", lang="en")[0].get("formaction")
    answer = visitor.post(switch, data=page.form(f"/t/{world.tags[0]}/faults").filled())
    assert 'action="/t/' + world.tags[0] + '/faults?lang=en"' in answer.text


def test_chosen_tags_stay_chosen(engineer: FlaskClient, world: World) -> None:
    answer = engineer.post(
        "/tags/sheets", data={"tag": world.tags, "stock": "L7160", "start": "99"}
    )
    boxes = Page(answer.text).all("input", name="tag")
    assert answer.status_code == 422
    assert {b.get("value") for b in boxes if "checked" in b.attributes} == set(world.tags)


def test_someone_elses_sessionless_post_never_names_them(
    visitor: FlaskClient, world: World
) -> None:
    send(visitor, world, CASES["attendee"], contact="13800000000")
    fault = Fault.get()
    assert (fault.source, fault.reporter_id, fault.contact) == ("attendee", None, None)
    assert FaultContact.get().contact == "13800000000"
