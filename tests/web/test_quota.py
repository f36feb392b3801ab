"""Photos beyond the quota or a nearly full disk are refused, and how fast one person may send."""

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from limits import parse

from blueprints import door
from roundtag import blobs, disk, sync
from roundtag.models import Blob, Fault
from roundtag.settings import current
from tests import world as worlds
from tests.web.conftest import SignIn
from tests.web.phone import phone
from tests.web.test_sync_door import post, problem, put
from tests.world import World

RATES = {
    (60, 60): {"acceptance.by_link", "acceptance.sign", "articles.show_here",
               "attendees.relanguage", "attendees.status", "quotes.by_link",
               "quotes.decide_by_link", "repairs.by_link", "repairs.decide_by_link",
               "reports.by_link", "reports.file_by_link", "scan.open_tag",
               "scan.open_tag_scanned", "welcome.choose", "welcome.show"},
    (300, 60): {"acceptance.photo"},
    (20, 3600): {"account.change_password", "account.drop", "account.renew_codes",
                 "account.set_up", "welcome.ask"},
    (300, 3600): {"articles.helped_here", "attendees.again", "attendees.helped",
                  "attendees.rate", "scan.report"},
    (60, 3600): {"sso.back", "sso.begin"},
}  # fmt: skip
"""(how many, within how many seconds) → endpoints."""


def listed(browser: FlaskClient, world: World) -> tuple[str, bytes]:
    """A photo that an entry of the engineer's names, and that is still on the phone."""
    data, photo = worlds.jpeg("red")
    sent = phone("fault", {**worlds.fault_form(world), "photo": sync.BLOB + photo.sha256},
                 world.engineer.person_id, photos=(photo,))  # fmt: skip
    assert post(browser, sent).status_code == 201
    return photo.sha256, data


@pytest.fixture(params=["quota", "disk"])
def full(request: pytest.FixtureRequest, world: World) -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "quota":
            patch.setattr(blobs, "stored", lambda: current().photos_mb * 1_000_000)
        else:
            patch.setattr(disk, "free", lambda: current().free_mb * 1_000_000)
        yield patch


def test_a_photo_waits_on_the_phone_and_the_entry_does_not(
    world: World, engineer: FlaskClient, full: pytest.MonkeyPatch
) -> None:
    digest, data = listed(engineer, world)
    problem(put(engineer, digest, data), 507, "disk-full")
    assert not Blob.select().exists()
    assert not blobs.path_of(digest).exists()
    full.undo()
    assert put(engineer, digest, data).status_code == 201


def test_an_office_form_says_why(
    world: World, engineer: FlaskClient, full: pytest.MonkeyPatch
) -> None:
    path = f"/t/{world.tags[0]}/faults"
    form = {**worlds.fault_form(world), "photo": (io.BytesIO(worlds.jpeg("red")[0]), "a.jpg")}
    assert engineer.post(path, data=form).status_code == 507
    assert not Fault.select().exists()


def test_a_known_photo_costs_nothing_and_is_taken(
    world: World, engineer: FlaskClient, full: pytest.MonkeyPatch
) -> None:
    digest, data = listed(engineer, world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blobs, "takes", lambda _: True)
        assert put(engineer, digest, data).status_code == 201
    assert put(engineer, digest, data).status_code == 200


def test_an_attendees_report_comes_without_its_photo(
    world: World, visitor: FlaskClient, full: pytest.MonkeyPatch
) -> None:
    form = {"tag": world.tags[0], "symptom": "no_picture",
            "photo": (io.BytesIO(worlds.jpeg("red")[0]), "a.jpg")}  # fmt: skip
    answer = visitor.post(f"/t/{world.tags[0]}/faults", data=form)
    assert answer.status_code == 303, answer.text
    assert "photo=full" in answer.location
    assert Fault.select().count() == 1


def test_the_sum_of_all_that_is_stored_is_what_counts(world: World) -> None:
    blobs.put_bytes(b"x" * 1000, "application/pdf")
    blobs.put_bytes(b"y" * 500, "application/pdf")
    assert blobs.stored() == 1500
    limit = current().photos_mb * 1_000_000
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "free", lambda: 2 * limit)
        assert blobs.takes(limit - 1500)
        assert not blobs.takes(limit - 1499)


def test_one_person_sends_so_many_an_hour_and_others_go_on(
    world: World, signed_in: SignIn, engineer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "UPLOADS", parse("3 per hour"))
    digest, data = listed(engineer, world)
    codes = [put(engineer, digest, data).status_code for _ in range(4)]
    assert codes == [201, 200, 200, 429]
    again = put(signed_in("engineer-a"), digest, data)  # another session of the same person
    problem(again, 429, "slow-down")
    assert again.headers["Retry-After"]
    other = signed_in("engineer-all")
    assert put(other, digest, data).status_code != 429
    assert engineer.get("/today").status_code == 200
    assert post(engineer, phone("fault", worlds.fault_form(world), world.engineer.person_id))


def test_the_limit_is_far_above_a_day_in_the_basement() -> None:
    assert door.UPLOADS.amount >= 3 * 360
    assert door.UPLOADS.get_expiry() == 3600


def test_each_rate_stands_where_the_table_of_limits_has_it(app: Flask) -> None:
    """Of all endpoints, so that a limit that is lost or new is seen here and in docs/limits.md."""
    found: dict[tuple[int, int], set[str]] = {}
    for endpoint, view in app.view_functions.items():
        name = f"{view.__module__}.{view.__name__}.{view.__name__}"  # as the limiter spells it
        for limit in door.limiter.limit_manager.decorated_limits(name):
            rate = (limit.limit.amount, limit.limit.get_expiry())
            found.setdefault(rate, set()).add(endpoint)
    assert found == RATES
