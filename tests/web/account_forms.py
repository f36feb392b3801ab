"""Pages that show every form of accounts, for the fuzzer."""

from flask.testing import FlaskClient

from roundtag import clock, links, people
from roundtag.accounts import known, second, staff, totp
from roundtag.models import Person
from tests import world as worlds
from tests.web.conftest import SignIn
from tests.web.proving import key_of, sign_in


def shown(signed_in: SignIn, *fresh: FlaskClient) -> list[tuple[FlaskClient, str]]:
    """(browser, path) of each page; `fresh` are three browsers that nobody signed in with."""
    admin, secret = signed_in("admin-all"), links.new_secret()
    owner = _enrolled(signed_in)
    for name in ("asked", "kept-out"):
        worlds.person(name, ("engineer", "provider", None))
    details = staff.Details("x", None, None, "somebody@example.com")
    worlds.run(staff.edit_person, staff.EditPerson(key_of("owner"), details))
    worlds.run(staff.disable_person, staff.OfPerson(key_of("kept-out")))
    worlds.run(staff.offer_link, staff.OfferLink(key_of("asked"), secret))
    worlds.run(second.require_second_factor, second.RequireSecondFactor(("librarian",)))
    sign_in(fresh[0], "owner")
    sign_in(fresh[1], "librarian-all")
    return [
        *((admin, f"/people{path}") for path in (
            "/new", "/second-factor", f"/{key_of('owner')}", f"/{key_of('kept-out')}")),
        (owner, "/account"), (owner, "/account/second-factor"), (fresh[0], "/sign-in/code"),
        (fresh[1], "/sign-in/setup"), (fresh[2], "/sign-in/help"), (fresh[2], f"/welcome/{secret}"),
    ]  # fmt: skip


def _enrolled(signed_in: SignIn) -> FlaskClient:
    """The browser of a person with a second factor, two sessions and a trusted browser."""
    worlds.person("owner", ("engineer", "provider", None))
    browser, _other = signed_in("owner"), signed_in("owner")
    me = people.actor_of(Person.get(Person.username == "owner"), clock.now())
    key = totp.new_secret()
    code = totp.code_at(key, totp.step_at(clock.now()))
    order = second.EnrolSecondFactor(key, code, second.new_codes())
    worlds.run(second.enrol_second_factor, order, me)
    known.remember(me.person_id or 0, "cookie", "Chrome", clock.now(), trust=True)
    return browser
