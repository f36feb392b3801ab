"""The page of a fault for whoever works at it, and what its reporter sees meanwhile."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from roundtag import clock, faults, reviews
from roundtag.access import ATTENDEE
from roundtag.faults.life import KINDS
from roundtag.models import Fault, FaultEvent
from roundtag.sla.events import REASONS
from tests import world as worlds
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World


def take(world: World, key: int, step: str, **more: str) -> worlds.Receipt:
    return worlds.deliver("step", worlds.step_form(key, step, **more), world.engineer)


def steps_of(page: Page) -> tuple[list[str], str]:
    """The steps shown, and the one that stands ready."""
    radios = [one for one in page.all("input") if one.get("name") == "step"]
    shown = [one.get("value") for one in radios if "hidden" not in one.attributes]
    ready = [one.get("value") for one in radios if "checked" in one.attributes]
    return shown, "".join(ready)


def words_of(page: Page) -> list[str]:
    return [" ".join(one.text.split()) for one in page.all("p", **{"class": "log__what"})]


def test_the_next_step_is_one_tap(engineer: FlaskClient, world: World) -> None:
    engineer.set_cookie("lang", "en")
    key = worlds.fault(world)
    path = f"/faults/{key}"
    ready = []
    for _ in range(4):
        page = Page(engineer.get(path).text)
        form = page.form(f"{path}/steps")
        filled = {**worlds.step_form(key, form.filled()["step"]), **form.filled()}
        owed = worlds.step_form(key, filled["step"])
        ready.append(filled["step"])
        engineer.post(f"{path}/steps", data={**filled, **owed})
    assert ready == ["respond", "arrive", "restore", "resolve"]
    page = Page(engineer.get(path).text)
    assert Fault.get_by_id(key).state == "resolved"
    assert not [form for form in page.forms if form.action == f"{path}/steps"]
    assert [line.split(" · ")[0] for line in words_of(page)] == [
        "Resolved", "Restored", "On site", "Taken on", "Reported"]  # fmt: skip


@pytest.mark.parametrize(("role", "wanted"), [
    ("desk", (["respond", "restore_remotely"], "respond")), ("client", ([], "")),
    ("auditor", ([], "")),
    ("engineer", (["respond", "arrive", "restore", "resolve", "restore_remotely"], "respond")),
])  # fmt: skip
def test_each_role_is_offered_what_it_may(
    signed_in: SignIn, world: World, role: str, wanted: tuple[list[str], str]
) -> None:
    key = worlds.fault(world)
    page = Page(signed_in(f"{role}-all").get(f"/faults/{key}").text)
    assert steps_of(page) == wanted


def test_who_helps_from_afar_is_offered_to_restore_so(engineer: FlaskClient, world: World) -> None:
    key = worlds.fault(world)
    take(world, key, "respond", mode="phone")
    assert steps_of(Page(engineer.get(f"/faults/{key}").text))[1] == "restore_remotely"


def test_every_line_of_a_file_has_its_words(engineer: FlaskClient, world: World) -> None:
    """None of the table's events is called by the word for all others."""
    engineer.set_cookie("lang", "en")
    key = worlds.fault(world)
    more = ("linked", "undone", "upgraded", "callback", "maker_called", "unusable", "irreparable",
            "moved", "cost", "swapped", "aside", "accepted", "dismissed", "again")  # fmt: skip
    for kind in (*KINDS.values(), *more):
        FaultEvent.create(client=world.client_id, fault=key, kind=kind, at=clock.now())
    for reason in REASONS:
        FaultEvent.create(client=world.client_id, fault=key, kind="paused", what=reason,
                          at=clock.now())  # fmt: skip
    found = words_of(Page(engineer.get(f"/faults/{key}").text))
    assert "Noted" not in found
    assert len({line for line in found if line.startswith("Paused · ")}) == len(REASONS)


def test_a_slip_stays_in_the_file_struck_through(engineer: FlaskClient, world: World) -> None:
    key = worlds.fault(world)
    take(world, key, "respond", note="误点")
    slip = FaultEvent.select().order_by(FaultEvent.id.desc()).get()
    FaultEvent.create(client=world.client_id, fault=key, kind="undone", of=slip.id, at=clock.now())
    struck = [one.text for one in Page(engineer.get(f"/faults/{key}").text).all("s")]
    assert "误点" in struck


def test_the_phones_time_stands_beside_the_receipt_where_they_differ(
    engineer: FlaskClient, world: World
) -> None:
    engineer.set_cookie("lang", "en")
    key, now = worlds.fault(world), clock.now()
    FaultEvent.update(claimed_at=None).execute()
    near, far = now - timedelta(minutes=2), now - timedelta(hours=2)
    for step, claimed in (("respond", near), ("arrive", far)):
        worlds.deliver("step", worlds.step_form(key, step), world.engineer, claimed_at=claimed,
                       sent_at=now)  # fmt: skip
    assert engineer.get(f"/faults/{key}").text.count("by the phone") == 1


def test_a_late_step_is_shown_to_the_office_with_its_words(signed_in: SignIn, world: World) -> None:
    desk = signed_in("desk-all")
    desk.set_cookie("lang", "en")
    key = worlds.fault(world)
    take(world, key, "restore_remotely")
    take(world, key, "arrive", note="在门口")
    line = reviews.waiting(world.manager)[0]
    text = Page(desk.get(f"/reviews/{line.key}").text).text
    assert "A step came too late" in text
    assert f"“I am here” at fault {Fault.get_by_id(key).number}" in text
    assert "在门口" in text


# The reporter


def test_a_reporter_follows_the_work_in_plain_words(visitor: FlaskClient, world: World) -> None:
    visitor.set_cookie("lang", "en")
    receipt = worlds.deliver("fault", worlds.fault_form(world), ATTENDEE)
    key = int(receipt.subject_id or 0)
    twin = worlds.deliver("fault", worlds.fault_form(world), ATTENDEE)
    late = clock.now() - timedelta(days=30)
    FaultEvent.update(at=late).where(FaultEvent.fault == key).execute()
    Fault.update(reported_at=late, assignee=None).where(Fault.id == key).execute()
    seen = []
    for step in ("", "respond", "arrive", "pause", "restore", "resolve"):
        if step:
            take(world, key, step)
        for link in (receipt.url, twin.url):
            page = Page(visitor.get(link).text)
            now = [one.text for one in page.all("li") if one.get("aria-current") == "step"]
            assert "overdue" not in page.text.lower()
            assert "room is in use" not in page.text.lower()
            may_rate = any(form.action.endswith("/rating") for form in page.forms)
            assert may_rate == (step in ("restore", "resolve"))
        seen.append(now)
    assert seen == [["Reported"], ["On the way"], ["On site"], ["On site"], ["Works again"], []]
    told = words_of(page)
    assert told == ["Finished", "It works again", "Somebody is on site", "It is being handled",
                    "Your report arrived"]  # fmt: skip


def test_what_works_again_may_be_rated(visitor: FlaskClient, world: World) -> None:
    receipt = worlds.deliver("fault", worlds.fault_form(world), ATTENDEE)
    early = visitor.post(f"{receipt.url}/rating", data={"stars": "5"})
    assert early.status_code == 422
    take(world, int(receipt.subject_id or 0), "restore_remotely")
    assert visitor.post(f"{receipt.url}/rating", data={"stars": "5"}).status_code == 303


def test_what_is_left_is_told_by_the_clock_on_the_wall(world: World) -> None:
    """24 hours of working time are several days: who reads "1 d left" would come too late."""
    found = faults.work_of(worlds.fault(world), world.engineer)
    running = [one for one in found.deadlines if one.state == "running"]
    assert len(running) == 3
    assert all(one.at and one.left == one.at - found.as_of for one in running)
    assert max(one.left or timedelta() for one in running) > timedelta(hours=24)
