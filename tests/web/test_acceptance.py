"""The acceptance as browsers see it: no script needed, a link that signs once, a page per step."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from blueprints import acceptance as pages_of_acceptance
from roundtag import acceptance, blobs, links
from roundtag.models import Approval, Attachment, CapabilityLink, Inspection, Round
from tests.accepting import Team, drawing, team
from tests.seeing import snapshot, wiped
from tests.web.conftest import SignIn
from tests.web.reading import Form, Page
from tests.world import World, check_form, deliver, jpeg, run


@pytest.fixture
def crew(world: World) -> Team:
    return team(world)


def form_of(browser: FlaskClient, path: str, end: str) -> Form:
    return next(one for one in Page(browser.get(path).text).forms if one.action.endswith(end))


def post(browser: FlaskClient, path: str, end: str, **typed: Any) -> Any:
    form = form_of(browser, path, end)
    return browser.post(form.action, data={**form.filled(), **typed})


def english(browser: FlaskClient) -> FlaskClient:
    browser.set_cookie("lang", "en")
    return browser


def test_a_round_goes_through_all_steps_without_scripts(
    crew: Team, signed_in: SignIn, engineer: FlaskClient
) -> None:
    path = f"/rounds/{crew.world.round_id}/acceptance"
    crew.fill(0)
    refused = post(engineer, path, "/self-check")
    assert refused.status_code == 422
    assert any(e.get("data-error-for") == "reason" and e.text for e in Page(refused.text).elements)
    assert post(engineer, path, "/self-check", reason="会议中").location == path
    supervisor, client = signed_in("supervisor-all"), signed_in("client-all")
    assert "会议中" in supervisor.get(path).text
    assert post(supervisor, path, "/supervisor", decision="approved", signer="赵主管",
                signature=drawing()).location == path  # fmt: skip
    assert post(client, path, "/client", decision="approved", signer="陈敏").location == path
    assert crew.stage == "accepted"
    drawn = Approval.get(Approval.step == "supervisor")
    answer = client.get(f"/signatures/{drawn.id}")
    assert (answer.mimetype, answer.data[:4]) == ("image/png", b"\x89PNG")
    for browser in (engineer, supervisor, client):
        page = Page(browser.get(path).text)
        assert not [form for form in page.forms if form.action.startswith(path)
                    and not form.action.endswith("/contact")]  # fmt: skip


def test_a_slip_keeps_what_was_typed_and_writes_nothing(crew: Team, signed_in: SignIn) -> None:
    path = f"/rounds/{crew.world.round_id}/acceptance"
    crew.to("recorded")
    supervisor, before = english(signed_in("supervisor-all")), snapshot()
    stop = crew.stops[0].id
    for typed, said in (
        ({"decision": "approved", "signer": ""}, "Write your name"),
        ({"decision": "approved", "signature": "data:image/png;base64,xx"}, "could not be read"),
        ({"decision": "approved", "signature": drawing(0)}, "too little to be a signature"),
        ({"decision": "approved", "seen": "0", "signature": drawing()}, "Entries came in"),
        ({"decision": "approved", f"back.{stop}": "1"}, "marked to be sent back"),
        ({"decision": "approved", f"reason.{stop}": "看不清"}, "marked to be sent back"),
        ({"decision": "sent-back"}, "Choose the entries"),
        ({"decision": "sent-back", f"back.{stop}": "1"}, "go back without a reason"),
    ):
        answer = post(supervisor, path, "/supervisor", **{"signer": "赵主管", "note": "", **typed})
        assert answer.status_code == 422, typed
        assert said in answer.text
    wiped()
    assert snapshot() == before
    kept = post(supervisor, path, "/supervisor", decision="sent-back", signer="赵主管",
                **{f"reason.{stop}": "看不清"})  # fmt: skip
    assert "看不清" in kept.text
    assert "赵主管" in kept.text


def test_what_was_sent_back_stands_on_the_phone_with_its_reason(
    crew: Team, engineer: FlaskClient, signed_in: SignIn
) -> None:
    path = f"/rounds/{crew.world.round_id}/acceptance"
    crew.to("recorded")
    stops = crew.stops
    answer = post(signed_in("supervisor-all"), path, "/supervisor", decision="sent-back",
                  signer="赵", reason="补照片",
                  **{f"back.{stops[0].id}": "1", f"back.{stops[1].id}": "1",
                     f"reason.{stops[1].id}": "滤网没清"})  # fmt: skip
    assert answer.status_code == 303
    today = engineer.get("/today").text
    assert "补照片" in today
    assert "滤网没清" in today
    for headers in ({}, {"X-Pack": "1"}):
        shown = engineer.get(f"/t/{crew.world.tags[0]}", headers=headers).text
        assert "补照片" in shown
        assert "滤网没清" not in shown
    crew.fill()
    assert "补照片" not in engineer.get(f"/t/{crew.world.tags[0]}").text
    assert "补照片" not in engineer.get("/today").text


def test_the_link_is_shown_once_and_signs_once(
    crew: Team, signed_in: SignIn, visitor: FlaskClient
) -> None:
    path = f"/rounds/{crew.world.round_id}/acceptance"
    crew.to("checked")
    supervisor = signed_in("supervisor-all")
    form = form_of(supervisor, path, "/links")
    shown = supervisor.post(form.action, data=form.filled())
    assert shown.status_code == 200
    link = next(e.text for e in Page(shown.text).elements if "/sign/" in e.text and e.tag == "p")
    assert supervisor.post(form.action, data=form.filled()).status_code == 303
    where = link[link.index("/sign/") :]
    page = visitor.get(where)
    assert page.status_code == 200
    form = form_of(visitor, where, where)
    sent = {**form.filled(), "decision": "approved", "signer": "陈敏", "signature": drawing()}
    first, second = (visitor.post(form.action, data=sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert Approval.select().where(Approval.step == "client").count() == 1
    assert visitor.get(where).status_code == 404


def test_links_of_another_kind_or_time_look_alike(crew: Team, visitor: FlaskClient) -> None:
    crew.to("checked")
    secret = links.new_secret()
    run(acceptance.invite_signer, acceptance.InviteSigner(crew.world.round_id, secret),
        crew.supervisor)  # fmt: skip
    good = visitor.get(f"/sign/{secret}")
    assert good.status_code == 200
    bodies = {visitor.get(f"/sign/{x}").text for x in ("nonsense", "%00")}
    assert visitor.get(f"/d/{secret}").status_code == 404
    assert visitor.get(f"/status/{secret}").status_code == 404
    assert visitor.get(f"/sign/{secret}/photos/1").status_code == 404
    CapabilityLink.update(expires_at="2020-01-01T00:00:00.000000Z").execute()
    bodies.add(visitor.get(f"/sign/{secret}").text)
    assert len({body.replace("/sign/nonsense", "").replace(f"/sign/{secret}", "")
                for body in bodies}) <= 2  # fmt: skip
    assert Round.get_by_id(crew.world.round_id).stage == "checked"


def test_readers_read_and_strangers_find_nothing(crew: Team, signed_in: SignIn) -> None:
    crew.to("checked")
    drawn = Approval.select().first()
    for path in (f"/rounds/{crew.world.round_id}/acceptance",
                 f"/rounds/{crew.world.round_id}/report"):  # fmt: skip
        for reader in ("auditor-all", "client-all", "desk-all"):
            assert signed_in(reader).get(path).status_code == 200
        assert signed_in("manager-elsewhere").get(path).status_code == 404
    assert signed_in("manager-elsewhere").get(f"/signatures/{drawn.id}").status_code == 404


@pytest.mark.parametrize("show", ["failed", "fixed", "open", "returned", "x", "\0"])
def test_filters_narrow_the_entries(crew: Team, signed_in: SignIn, show: str) -> None:
    crew.fill(0, **{"item.image": "fail", "note.image": "花屏"})
    answer = signed_in("auditor-all").get(
        f"/rounds/{crew.world.round_id}/acceptance", query_string={"show": show})  # fmt: skip
    assert answer.status_code == 200
    assert ("花屏" in answer.text) == (show in {"failed", "x", "\0"})


def test_no_link_opens_no_photo(crew: Team, visitor: FlaskClient) -> None:
    """Photos of checks beside any round, too: those of no round are not those of no link."""
    (data, first), (other, second) = jpeg("red"), jpeg("blue")
    no_round = check_form(crew.world, round="", photo=f"blob:{first.sha256}")
    Round.update(closed_at="2026-01-01T00:00:00.000000Z").execute()
    deliver("inspection", no_round, crew.engineer, photos=(first,))
    Round.update(closed_at=None).execute()
    own = check_form(crew.world, photo=f"blob:{second.sha256}")
    deliver("inspection", own, crew.engineer, photos=(second,))
    for taken in (data, other):
        blobs.put_photo(taken)
    stray, ours = (Attachment.get(Attachment.sha256 == p.sha256).id for p in (first, second))
    assert Inspection.select().where(Inspection.round.is_null()).count() == 1
    crew.fill(1)
    crew.hand_in()
    crew.check()
    secret = links.new_secret()
    run(acceptance.invite_signer, acceptance.InviteSigner(crew.world.round_id, secret),
        crew.supervisor)  # fmt: skip
    assert visitor.get(f"/sign/{secret}/photos/{ours}").status_code == 200
    for held in ("nonsense", secret):
        assert visitor.get(f"/sign/{held}/photos/{stray}").status_code == 404
    CapabilityLink.update(expires_at="2020-01-01T00:00:00.000000Z").execute()
    for photo in (stray, ours):
        assert visitor.get(f"/sign/{secret}/photos/{photo}").status_code == 404


def test_a_long_list_is_turned_page_by_page(
    crew: Team, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever signs for five hundred devices can look at each of them."""
    monkeypatch.setattr(pages_of_acceptance, "SHOWN", 1)
    crew.fill()
    base = f"/rounds/{crew.world.round_id}/acceptance"
    browser = english(signed_in("supervisor-all"))
    count = len(acceptance.entries(crew.world.round_id, "all"))
    assert count > 1
    seen = []
    for number in range(1, count + 1):
        page = browser.get(f"{base}?page={number}").text
        assert f"{number} to {number} of {count}" in page
        assert ("Next page" in page, "Previous page" in page) == (number < count, number > 1)
        seen.append(page.split('id="entries"')[1].split("<ul")[1].split("</ul>")[0])
    assert len(set(seen)) == count
    for odd, shown in (("0", 1), ("99", count), ("x", 1), ("-5", 1), ("9" * 20, count)):
        assert f"{shown} to {shown} of {count}" in browser.get(f"{base}?page={odd}").text
