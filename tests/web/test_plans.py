"""Plans, the calendar, its feed, meetings and upkeep as a browser without scripts sees them."""

import re

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from roundtag import clients, clock, plans, rounds
from roundtag.models import CalendarException, CapabilityLink, Meeting, Round, RoundPlan
from tests import world as worlds
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.reading import Form, Page
from tests.world import World


@pytest.fixture
def manager(signed_in: SignIn) -> FlaskClient:
    browser = signed_in("manager-all")
    browser.set_cookie("lang", "en")
    return browser


def form_of(browser: FlaskClient, path: str, end: str) -> Form:
    return next(one for one in Page(browser.get(path).text).forms if one.action.endswith(end))


def typed(browser: FlaskClient, world: World, **more: object) -> dict[str, object]:
    path = f"/rounds/plans/new/{world.contract_id}"
    return {**form_of(browser, path, path).filled(), "name": "月检", "occasion": "monthly",
            "cycle": "monthly", **more}  # fmt: skip


def test_a_preview_keeps_nothing_and_shows_six_rounds(manager: FlaskClient, world: World) -> None:
    path = f"/rounds/plans/new/{world.contract_id}"
    sent = typed(manager, world, do="preview", starts_on="2027-01-01")
    before = snapshot()
    answer = manager.post(path, data=sent)
    assert answer.status_code == 200
    assert snapshot() == before
    assert len(re.findall(r"<td class=\"mono\">2027-0[1-6]</td>", answer.text)) == 6
    assert "Nothing is kept yet" in answer.text
    assert "Outside of it Monday to Friday" in answer.text  # beyond the public calendar's years


def test_a_plan_is_saved_once_edited_paused_and_retired(manager: FlaskClient, world: World) -> None:
    path = f"/rounds/plans/new/{world.contract_id}"
    sent = typed(manager, world, do="save", rooms=str(world.room.id))
    first, second = (manager.post(path, data=sent) for _ in range(2))
    plan = RoundPlan.get()
    assert first.location == second.location == f"/rounds/plans/{plan.id}"
    page = form_of(manager, first.location, first.location)
    assert page.filled()["rooms"] == str(world.room.id)
    manager.post(first.location, data={**page.filled(), "due": "20", "do": "save"})
    assert RoundPlan.get_by_id(plan.id).due == 20
    manager.post(f"{first.location}/pause", data={"paused": "1"})
    assert "Paused" in manager.get("/rounds/plans").text
    manager.post(f"{first.location}/retirement")
    assert RoundPlan.get_by_id(plan.id).retired_at
    assert "This plan is retired" in manager.get(first.location).text


def test_a_bad_plan_keeps_what_was_typed(manager: FlaskClient, world: World) -> None:
    path = f"/rounds/plans/new/{world.contract_id}"
    before = snapshot()
    answer = manager.post(path, data=typed(manager, world, name="抽查", due="44", do="save"))
    assert answer.status_code == 422
    assert snapshot() == before
    errors = [e.get("data-error-for") for e in Page(answer.text).elements
              if e.get("data-error-for") and e.text]  # fmt: skip
    assert errors == ["due"]
    assert "抽查" in answer.text


def test_the_usual_plans_come_with_one_tap(manager: FlaskClient, world: World) -> None:
    listed = manager.get("/rounds/plans").text
    assert "Nothing is planned yet" in listed
    answer = manager.post("/rounds/plans/usual", data={"contract": world.contract_id})
    assert answer.status_code == 303
    assert RoundPlan.select().where(RoundPlan.contract == world.contract_id).count() == 5
    refused = manager.post("/rounds/plans/commissioning",
                           data={"contract": world.contract_id, "days": "900"})  # fmt: skip
    assert refused.status_code == 422
    assert "from 0 to 90" in refused.text


def test_of_many_clients_the_plans_of_one_are_shown(
    manager: FlaskClient, world: World, other: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [f'id="contract-{one.contract_id}"' for one in (world, other)]
    page = manager.get("/rounds/plans").text
    assert [one in page for one in both] == [True, True]
    monkeypatch.setattr(clients, "FEW", 1)
    page = manager.get(f"/rounds/plans?client={other.client_id}").text
    assert [one in page for one in both] == [False, True]
    usual = next(form for form in Page(page).forms if "/usual" in form.action)
    answer = manager.post(usual.action, data=usual.filled())
    assert answer.location == f"/rounds/plans?client={other.client_id}"
    refused = manager.post(f"/rounds/plans/commissioning?client={other.client_id}",
                           data={"contract": other.contract_id, "days": "900"})  # fmt: skip
    assert [one in refused.text for one in both] == [False, True]
    first = manager.get("/rounds/plans?client=999999").text
    assert [one in first for one in both] == [True, False]


def test_an_engineer_reads_plans_and_finds_no_form(
    engineer: FlaskClient, manager: FlaskClient, world: World
) -> None:
    manager.post("/rounds/plans/usual", data={"contract": world.contract_id})
    plan = RoundPlan.get(RoundPlan.occasion == "monthly")
    page = engineer.get(f"/rounds/plans/{plan.id}")
    assert page.status_code == 200
    assert not [f for f in Page(page.text).forms if "/rounds/plans" in f.action]


def test_the_month_has_its_holidays_and_knows_no_thirteenth(manager: FlaskClient) -> None:
    october = manager.get("/rounds/calendar?month=2026-10").text
    assert "National Day" in october
    assert "worked" in october
    wrong = manager.get("/rounds/calendar?month=2026-13&engineer=x&site=%F0")
    assert wrong.status_code == 200
    assert "There is no such month" in wrong.text


def test_a_feed_is_read_without_an_account_until_it_ends(
    engineer: FlaskClient, visitor: FlaskClient, world: World
) -> None:
    form = form_of(engineer, "/rounds/calendar/feed", "/feed").filled()
    shown = engineer.post("/rounds/calendar/feed", data=form)
    path = re.search(r"/calendar/[\w-]+\.ics", shown.text)
    assert path is not None
    answer = visitor.get(path.group())
    assert answer.mimetype == "text/calendar"
    assert "no-store" in answer.headers["Cache-Control"]
    assert len(Calendar.from_ical(answer.data).walk("VEVENT")) == 1
    again = engineer.post("/rounds/calendar/feed", data=form)
    assert (again.status_code, CapabilityLink.select().count()) == (303, 1)
    engineer.post("/rounds/calendar/feed/revocation")
    assert visitor.get(path.group()).status_code == 404


def test_days_off_are_added_taken_out_and_brought_back(manager: FlaskClient, world: World) -> None:
    sent = {"client": world.client_id, "day": "2026-12-24", "kind": "off", "reason": "停电"}
    assert manager.post("/rounds/calendar/days", data=sent).status_code == 303
    row = CalendarException.get()
    page = manager.get("/rounds/calendar/days").text
    assert "停电" in page
    manager.post(f"/rounds/calendar/days/{row.id}/removal")
    assert CalendarException.get().removed_at
    form = [f for f in Page(manager.get("/rounds/calendar/days").text).forms
            if f.filled().get("day") == "2026-12-24"]  # fmt: skip
    manager.post(form[0].action, data=form[0].filled())
    assert CalendarException.get().removed_at is None
    bad = manager.post("/rounds/calendar/days", data={**sent, "reason": ""})
    assert bad.status_code == 422


def test_a_meeting_is_laid_down_and_cancelled(engineer: FlaskClient, world: World) -> None:
    day = clock.local_day(clock.now()).isoformat()
    sent = {"name": "办公会", "room": str(world.room.id), "day": day, "starts": "23:58",
            "ends": "00:30"}  # fmt: skip
    assert engineer.post("/rounds/meetings", data=sent).status_code == 303
    meeting = Meeting.get()
    assert (meeting.ends_at - meeting.starts_at).total_seconds() == 32 * 60
    assert "办公会" in engineer.get("/rounds/meetings").text
    assert Round.select().where(Round.meeting == meeting.id).count() == 3
    engineer.post(f"/rounds/meetings/{meeting.id}/cancellation")
    assert Meeting.get().cancelled_at
    bad = engineer.post("/rounds/meetings", data={**sent, "starts": "25:99"})
    assert bad.status_code == 422
    assert "办公会" in bad.text


def test_upkeep_is_narrowed_and_survives_nonsense(manager: FlaskClient, world: World) -> None:
    manager.post("/rounds/plans/usual", data={"contract": world.contract_id})
    page = manager.get(f"/upkeep?client={world.client_id}").text
    assert "A-P01" in page
    for odd in ("client=x", "show=%00", "unit=%E4%B8%8D", "client=99999999999999"):
        assert manager.get(f"/upkeep?{odd}").status_code == 200


def test_a_rounds_page_says_how_its_sample_was_drawn(manager: FlaskClient, world: World) -> None:
    order = plans.SavePlan(world.contract_id, "抽检", "weekly", "weekly",
                           clock.local_day(clock.now()), sample=1)  # fmt: skip
    worlds.run(plans.save_plan, order)
    rounds.ensure(clock.now())
    tour = Round.get(Round.seed.is_null(False))
    page = manager.get(f"/rounds/{tour.id}").text
    assert tour.seed in page
    assert f"roundtag rounds redraw {tour.id}" in page
    assert "抽检" in manager.get("/today").text
