"""A question stands before every erasure, and nothing goes without its answer."""

from flask.testing import FlaskClient

from roundtag.accounts import staff
from roundtag.models import Attachment, FaultContact, HotlineCall, Person, Rating
from tests import world as worlds
from tests.roundtag import erasing
from tests.roundtag.erasing import Marked
from tests.web.conftest import SignIn
from tests.world import World

SURE = {"sure": "1"}


def who_left() -> int:
    key = worlds.person("gone", ("engineer", "provider", None)).person_id
    assert key
    worlds.run(staff.disable_person, staff.OfPerson(key))
    return key


def english(browser: FlaskClient) -> FlaskClient:
    browser.set_cookie("lang", "en")
    return browser


def test_a_person_who_left_is_erased_after_a_question(world: World, signed_in: SignIn) -> None:
    key, admin = who_left(), english(signed_in("admin-all"))
    where = f"/erasure/person/{key}"
    assert where in admin.get(f"/people/{key}").text
    asked = admin.get(where)
    assert "gone 先生" not in asked.text
    refused = admin.post(where, data={})
    assert (refused.status_code, "Say that you are sure" in refused.text) == (422, True)
    assert Person.get_by_id(key).name
    assert admin.post(where, data=SURE).status_code == 303
    assert Person.get_by_id(key).name is None
    page = admin.get(f"/people/{key}").text
    assert "This person is erased." in page
    assert where not in page
    assert admin.get(where).status_code == 404
    assert "make a new account" in admin.post(f"/people/{key}/enable").text


def test_who_may_not_erase_is_not_asked(world: World, signed_in: SignIn) -> None:
    key = who_left()
    where = f"/erasure/person/{key}"
    assert where not in signed_in("manager-all").get(f"/people/{key}").text
    assert signed_in("manager-all").get(where).status_code == 404
    assert signed_in("manager-all").post(where, data=SURE).status_code == 404
    assert signed_in("engineer-all").get(where).status_code == 403
    assert Person.get_by_id(key).name


def test_a_photo_a_comment_and_a_contact_go_from_the_fault_page(
    world: World, signed_in: SignIn
) -> None:
    import random

    marked = Marked()
    digest = erasing.photo(world, random.Random(1), marked)
    photo = Attachment.get(Attachment.sha256 == digest)
    manager = english(signed_in("manager-a"))
    page = f"/faults/{photo.subject_id}"
    assert f"/erasure/attachment/{photo.id}" in manager.get(page).text
    assert manager.post(f"/erasure/attachment/{photo.id}", data=SURE).status_code == 303
    assert "photo erased" in manager.get(page).text
    assert manager.get(f"/photos/{photo.id}").status_code == 404
    erasing.contact(world, random.Random(2), marked)
    row = FaultContact.select().order_by(FaultContact.id.desc()).get()
    assert f"/erasure/fault_contact/{row.id}" in manager.get(f"/faults/{row.fault_id}").text
    assert manager.post(f"/erasure/fault_contact/{row.id}", data=SURE).status_code == 303
    assert FaultContact.get_by_id(row.id).contact is None


def test_what_is_nobodys_to_erase_looks_as_if_it_were_not_there(
    world: World, signed_in: SignIn
) -> None:
    manager = signed_in("manager-a")
    for where in ("leaf/1", "stock_level/1", "rating/99", "attachment/99", "hotline_call/99"):
        assert manager.get(f"/erasure/{where}").status_code == 404
    assert HotlineCall.select().count() == 0
    assert Rating.select().count() == 0
