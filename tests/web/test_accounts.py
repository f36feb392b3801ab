"""People, rights, invitations and resets, as administrators, managers and everybody else."""

import email
import re
from email import policy
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from roundtag import commands, jobs, ledger, links, mails
from roundtag.accounts import letters, staff
from roundtag.models import Grant, Job, Leaf, OutMail, Person, Session, Submission
from roundtag.people import passwords
from roundtag.settings import current
from tests import world as worlds
from tests.seeing import queries_of, snapshot
from tests.web.conftest import SignIn
from tests.web.proving import is_in, key_of, link_in, sign_in
from tests.web.reading import Page
from tests.world import World

NEW = "gravel lantern 92 otter"
PERSON = {"name": "赵强", "username": "Zhao", "email": "zhao@example.com", "phone": "13800000000",
          "role": "engineer", "scope": "client:1"}  # fmt: skip


@pytest.fixture
def admin(signed_in: SignIn) -> FlaskClient:
    browser = signed_in("admin-all")
    browser.set_cookie("lang", "en")
    return browser


@pytest.fixture
def manager(signed_in: SignIn) -> FlaskClient:
    browser = signed_in("manager-all")
    browser.set_cookie("lang", "en")
    return browser


def invite(browser: FlaskClient, **more: str) -> str:
    """The path of the link that the page shows once."""
    return link_in(browser.post("/people/new", data={**PERSON, **more}))


def choose(browser: FlaskClient, path: str, password: str = NEW) -> int:
    return browser.post(path, data={"password": password}).status_code


def test_who_is_invited_chooses_a_password_and_comes_in(admin: FlaskClient, app: Flask) -> None:
    path = invite(admin)
    guest = app.test_client()
    assert "zhao" in guest.get(path).text
    assert choose(guest, path) == 303
    assert sign_in(guest, "zhao", NEW).status_code == 303
    assert is_in(guest)
    grant = Grant.get(Grant.person == key_of("zhao"))
    assert (grant.role, grant.scope, grant.scope_id, grant.until) == ("engineer", "client", 1, None)


def test_a_link_works_once_and_only_the_newest(admin: FlaskClient, app: Flask) -> None:
    first = invite(admin)
    second = link_in(admin.post(f"/people/{key_of('zhao')}/link"))
    guest = app.test_client()
    assert guest.get(first).status_code == 404
    assert choose(guest, first) == 404
    assert choose(guest, second) == 303
    assert choose(guest, second, "another long one 77") == 404
    assert sign_in(guest, "zhao", "another long one 77").status_code == 422


@pytest.mark.parametrize(("password", "code"), [
    ("short", "short"), ("password1234", "common"), ("aaaaaaaaaaaa", "common"),
    ("zhao-2026!!", "common"), ("QWERTYUIOP", "common"), ("x" * 201, "long"),
])  # fmt: skip
def test_weak_passwords_are_refused_and_the_link_stays(
    admin: FlaskClient, app: Flask, password: str, code: str
) -> None:
    path = invite(admin)
    before = snapshot()
    answer = app.test_client().post(path, data={"password": password})
    assert answer.status_code == 422
    assert password not in answer.text
    assert snapshot() == before
    assert choose(app.test_client(), path) == 303


def test_no_secret_is_stored_or_logged(admin: FlaskClient, app: Flask) -> None:
    path = invite(admin)
    guest = app.test_client()
    choose(guest, path)
    sign_in(guest, "zhao", NEW)
    everything = repr(snapshot())
    assert path.rsplit("/", 1)[1] not in everything
    assert NEW not in everything
    leaves = " ".join(leaf.text for leaf in Leaf.select())
    assert "argon2" not in leaves
    assert "zhao" not in leaves
    assert '"deed":"choose_password"' in leaves
    assert '"deed":"invite_person"' in leaves
    assert ledger.verify(None) == []


def test_an_invitation_goes_by_mail_too(admin: FlaskClient, app: Flask) -> None:
    invite(admin)
    row = OutMail.get(OutMail.kind == letters.INVITE)
    mails.post(row.id)
    text = next(current().spool_dir.glob("*.eml")).read_text()
    path = link_in_mail(text)
    assert row.address == "zhao@example.com"
    assert choose(app.test_client(), path) == 303


def test_whoever_uses_one_link_ends_the_other(admin: FlaskClient, app: Flask) -> None:
    """The one that was handed over, the one that was mailed, and one that waits to be mailed."""
    shown = invite(admin)
    row = OutMail.get(OutMail.kind == letters.INVITE)
    mails.post(row.id)
    mailed = link_in_mail(next(current().spool_dir.glob("*.eml")).read_text())
    assert choose(app.test_client(), shown) == 303
    assert choose(app.test_client(), mailed) == 404
    assert [one for one in letters.PURPOSES if links.live(one, key_of("zhao"))] == []


def link_in_mail(text: str) -> str:
    body = email.message_from_string(text, policy=policy.default).get_content()
    found = re.search(r"/welcome/[\w-]+", body)
    assert found is not None
    return found.group()


def with_mail(username: str, address: str) -> None:
    details = staff.Details(f"{username} 先生", address, None, None)
    worlds.run(staff.edit_person, staff.EditPerson(key_of(username), details))


def ask(browser: FlaskClient, who: str) -> str:
    answer = browser.post("/sign-in/help", data={"who": who})
    assert answer.status_code == 200
    for job in Job.select().where(Job.name == "accounts.reset"):
        letters.send_reset(**job.args)
    Job.delete().where(Job.name == "accounts.reset").execute()
    return answer.text


def test_asking_for_a_reset_says_nothing_about_who_has_an_account(
    visitor: FlaskClient, world: World
) -> None:
    """No oracle: the page and what is written while it is answered are the same."""
    with_mail("engineer-a", "eng@example.com")
    pages = {
        who: ask(visitor, who) for who in ("engineer-a", "nobody", "viewer-a", "", "\0' OR 1=1")
    }
    assert len(set(pages.values())) == 1
    assert [row.address for row in OutMail.select()] == ["eng@example.com"]


def test_a_reset_is_mailed_once_in_a_while_and_works_once(
    visitor: FlaskClient, world: World, app: Flask, engineer: FlaskClient
) -> None:
    with_mail("engineer-a", "eng@example.com")
    for _ in range(3):
        ask(visitor, "eng@example.com")
    (row,) = OutMail.select()
    mails.post(row.id)
    path = link_in_mail(next(current().spool_dir.glob("*.eml")).read_text())
    assert is_in(engineer)
    assert choose(visitor, path) == 303
    assert not is_in(engineer)  # whoever knew the old password is out
    assert choose(visitor, path) == 404
    assert sign_in(visitor, "engineer-a").status_code == 422
    assert sign_in(visitor, "engineer-a", NEW).status_code == 303


def test_disabling_ends_everything_at_once(
    admin: FlaskClient, engineer: FlaskClient, world: World
) -> None:
    key = key_of("engineer-a")
    link = link_in(admin.post(f"/people/{key}/link"))
    seal = engineer.get("/sync/seal-key").get_data()
    assert admin.post(f"/people/{key}/disable").status_code == 303
    assert not is_in(engineer)
    assert sign_in(engineer, "engineer-a").status_code == 422
    assert engineer.get(link).status_code == 404
    assert admin.post(f"/people/{key}/enable").status_code == 303
    assert not is_in(engineer)  # a session that ended does not come back
    assert sign_in(engineer, "engineer-a").status_code == 303
    assert engineer.get("/sync/seal-key").get_data() == seal  # what lay sealed opens again


def test_rights_begin_and_end_when_told(admin: FlaskClient, signed_in: SignIn) -> None:
    key = key_of("no-role")
    browser = signed_in("no-role")
    assert browser.get("/today").status_code == 403
    admin.post(f"/people/{key}/grants", data={"role": "engineer", "scope": "client:1",
                                              "since": "2100-01-01"})  # fmt: skip
    assert browser.get("/today").status_code == 403
    admin.post(f"/people/{key}/grants", data={"role": "engineer", "scope": "client:1",
                                              "until": "2100-01-01"})  # fmt: skip
    assert browser.get("/today").status_code == 200
    grant = Grant.get((Grant.person == key) & (Grant.since < "2099"))
    assert grant.until.isoformat() == "2100-01-01T16:00:00+00:00"  # the end of that day in China
    assert admin.post(f"/people/{key}/grants/{grant.id}/end").status_code == 303
    assert browser.get("/today").status_code == 403


@pytest.mark.parametrize(("changed", "field"), [
    ({"name": ""}, "name"), ({"username": " "}, "username"), ({"username": "a b"}, "username"),
    ({"username": "engineer-a"}, "username"), ({"email": "x"}, "email"), ({"role": "king"}, "role"),
    ({"scope": "client:99999"}, "scope"), ({"scope": "client:"}, "scope"),
    ({"scope": "x"}, "scope"), ({"scope": "provider:1"}, "scope"), ({"since": "x"}, "since"),
    ({"until": "2000-01-01"}, "until"),
])  # fmt: skip
def test_bad_invitations_are_refused_whole(
    admin: FlaskClient, changed: dict[str, str], field: str
) -> None:
    before = snapshot()
    answer = admin.post("/people/new", data={**PERSON, **changed})
    assert answer.status_code == 422
    assert Page(answer.text).error(field, "p-")
    assert snapshot() == before


def test_a_manager_cannot_rise(manager: FlaskClient, signed_in: SignIn) -> None:
    """No way by which a manager makes, enters, ends or unlocks an administrator."""
    key, me = key_of("admin-all"), key_of("manager-all")
    grant = Grant.get(Grant.person == key).id
    before = snapshot()
    admin = {"role": "admin", "scope": "provider"}
    for path, data in ((f"/people/{me}/grants", admin), ("/people/new", {**PERSON, **admin}),
                       (f"/people/{key}/link", {}), (f"/people/{key}/disable", {}),
                       (f"/people/{key}/grants/{grant}/end", {}),
                       (f"/people/{key}/second-factor/reset", {}),
                       (f"/people/{key}", {"name": "x", "email": "mine@example.com"}),
                       (f"/people/{key}/single-sign-on/end", {}),
                       ("/people/second-factor", {})):  # fmt: skip
        assert manager.post(path, data=data).status_code == 403, path
    assert snapshot() == before


@pytest.mark.parametrize("username", ["manager-a", "manager-elsewhere", "admin-elsewhere"])
def test_rights_at_one_client_open_no_account(signed_in: SignIn, username: str) -> None:
    browser, key = signed_in(username), key_of("engineer-a")
    before = snapshot()
    for path in ("/people", "/people/new", f"/people/{key}"):
        assert browser.get(path).status_code == 403
    for path, data in (("/people/new", PERSON), (f"/people/{key}/disable", {}),
                       (f"/people/{key}/link", {}), (f"/people/{key}", {"name": "x"}),
                       (f"/people/{key}/grants", {"role": "engineer", "scope": "provider"}),
                       ):  # fmt: skip
        assert browser.post(path, data=data).status_code == 403, path
    assert snapshot() == before


def test_there_is_always_an_administrator(admin: FlaskClient, world: World) -> None:
    me = key_of("admin-all")
    grant = Grant.get(Grant.person == me).id
    assert admin.post(f"/people/{me}/grants/{grant}/end").status_code == 422
    assert admin.post(f"/people/{me}/disable").status_code == 422
    assert Person.get_by_id(me).active


def test_changing_the_password_ends_all_other_sessions(
    app: Flask, engineer: FlaskClient, signed_in: SignIn
) -> None:
    other = signed_in("engineer-a")
    before = engineer.get_cookie("roundtag").value
    data = {"present": worlds.PASSWORD, "password": NEW}
    assert engineer.post("/account/password", data=data).status_code == 303
    assert is_in(engineer)
    assert not is_in(other)
    assert engineer.get_cookie("roundtag").value != before
    copied = app.test_client()
    copied.set_cookie("roundtag", before)
    assert not is_in(copied)
    assert sign_in(app.test_client(), "engineer-a").status_code == 422


@pytest.mark.parametrize(("present", "password", "field"), [
    ("wrong", NEW, "present"), ("", NEW, "present"), (worlds.PASSWORD, "short", "password"),
    (worlds.PASSWORD, worlds.PASSWORD, "password"),
])  # fmt: skip
def test_a_password_is_not_changed_without_the_present_one(
    engineer: FlaskClient, present: str, password: str, field: str
) -> None:
    before = snapshot()
    answer = engineer.post("/account/password", data={"present": present, "password": password})
    assert answer.status_code == 422
    assert Page(answer.text).error(field, "a-")
    assert snapshot() == before


def test_sessions_are_listed_and_ended(engineer: FlaskClient, signed_in: SignIn) -> None:
    others = [signed_in("engineer-a") for _ in range(2)]
    stranger = signed_in("viewer-a")
    theirs = Session.get(Session.person == key_of("viewer-a")).token_hash
    page = Page(engineer.get("/account").text)
    listed = [f.filled().get("session") for f in page.forms if f.action == "/account/sessions/end"]
    assert len([one for one in listed if one]) == 2
    engineer.post("/account/sessions/end", data={"session": theirs})
    assert is_in(stranger)
    engineer.post("/account/sessions/end", data={"session": next(one for one in listed if one)})
    assert sorted(map(is_in, others)) == [False, True]
    engineer.post("/account/sessions/end")
    assert not any(map(is_in, others))
    assert is_in(engineer)


def test_a_repeated_form_makes_one_account_and_shows_no_second_link(admin: FlaskClient) -> None:
    data = {**PERSON, "submission_id": worlds.new_id()}
    link_in(admin.post("/people/new", data=data))
    again = admin.post("/people/new", data=data)
    assert again.status_code == 303
    assert Person.select().where(Person.username == "zhao").count() == 1
    assert commands.find(data["submission_id"]).form == "invite_person"


def test_no_password_reaches_a_submission(engineer: FlaskClient) -> None:
    engineer.post("/account/password", data={"present": worlds.PASSWORD, "password": NEW})
    bodies = " ".join(row.body for row in Submission.select())
    assert NEW not in bodies
    assert worlds.PASSWORD not in bodies


def test_the_queries_of_the_list_do_not_grow(admin: FlaskClient, world: World) -> None:
    few = queries_of(lambda: admin.get("/people"))
    for number in range(8):
        worlds.person(f"more-{number}", ("engineer", "client", world.client_id))
    assert queries_of(lambda: admin.get("/people")) == few


def test_the_list_of_common_passwords_is_shipped() -> None:
    assert len(passwords.common()) > 15_000
    assert Path(passwords.COMMON).name == "common_passwords.txt"
    assert jobs.standing["accounts.tidy"].seconds == 86_400
