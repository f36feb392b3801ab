"""Signing in and out, sessions, grants and what they let a person see."""

from datetime import UTC, datetime, timedelta

import pytest

from roundtag import access, clock, people
from roundtag.access import Actor, Right
from roundtag.accounts import entering
from roundtag.accounts.throttle import Place
from roundtag.commands import Receipt
from roundtag.errors import Forbidden, Invalid
from roundtag.models import Grant, Person, Session, SignInDelay, Submission
from tests.seeing import snapshot
from tests.world import PASSWORD, World, new_id, person, run

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def enter(username: str, password: str) -> str | None:
    found = entering.enter(username, password, Place("192.0.2.1"))
    return found.session if found else None


def signed_in(world: World) -> str:
    found = enter(f"Engineer-{world.code} ", PASSWORD)
    assert found is not None
    live = people.session(found)
    assert live is not None
    assert live.person.id == world.engineer.person_id
    return found


def test_signing_in_opens_a_session_with_the_rights_of_the_moment(world: World) -> None:
    secret = signed_in(world)
    live = people.session(secret)
    assert live is not None
    assert live.actor == world.engineer
    assert live.actor.client_ids == {world.client_id}


def test_the_database_holds_neither_password_nor_cookie(world: World) -> None:
    secret = signed_in(world)
    everything = repr(snapshot())
    assert secret not in everything
    assert PASSWORD not in everything
    assert Person.get_by_id(world.engineer.person_id).password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("username", "password"),
    [("engineer-a", "wrong"), ("engineer-a", ""), ("engineer-a", PASSWORD + " "), ("", ""),
     ("nobody", PASSWORD), ("engineer-a\0", "\0"), ("\0", "\0"), ("' OR 1=1 --", "x")],
)  # fmt: skip
def test_wrong_names_and_passwords_open_nothing(world: World, username: str, password: str) -> None:
    before = snapshot(SignInDelay)
    assert enter(username, password) is None
    assert snapshot(SignInDelay) == before


def test_an_account_without_a_password_cannot_be_entered(world: World) -> None:
    Person.update(password_hash=None).where(Person.id == world.engineer.person_id).execute()
    assert enter("engineer-a", PASSWORD) is None
    assert enter("engineer-a", "") is None


def test_signing_out_ends_that_session_at_once_and_no_other(world: World) -> None:
    first, second = signed_in(world), signed_in(world)
    people.sign_out(first)
    assert people.session(first) is None
    assert people.session(second) is not None
    people.sign_out("unknown")


def test_a_disabled_person_is_out_at_once(world: World) -> None:
    secret = signed_in(world)
    Person.update(active=False).where(Person.id == world.engineer.person_id).execute()
    assert people.session(secret) is None
    assert enter("engineer-a", PASSWORD) is None


@pytest.mark.parametrize(("column", "age", "alive"), [
    ("seen_at", timedelta(days=14, minutes=1), False), ("seen_at", timedelta(days=13), True),
    ("expires_at", timedelta(seconds=1), False), ("expires_at", timedelta(days=-1), True),
])  # fmt: skip
def test_sessions_end_when_idle_or_old(
    world: World, column: str, age: timedelta, alive: bool
) -> None:
    secret = signed_in(world)
    Session.update({getattr(Session, column): clock.now() - age}).execute()
    assert (people.session(secret) is not None) == alive


def test_being_seen_is_noted_hourly_so_that_reads_stay_reads(world: World) -> None:
    secret = signed_in(world)
    before = snapshot()
    people.session(secret)
    assert snapshot() == before
    Session.update(seen_at=clock.now() - timedelta(hours=2)).execute()
    people.session(secret)
    assert clock.now() - Session.get().seen_at < timedelta(minutes=1)


def rights(*grants: tuple[str, str, int | None]) -> Actor:
    return person(f"p-{new_id()}", *grants)


def test_the_three_scopes(world: World, other: World) -> None:
    provider = rights(("engineer", "provider", None))
    client = rights(("engineer", "client", world.client_id))
    contract = rights(("engineer", "contract", world.contract_id))
    assert provider.client_ids is None
    assert client.client_ids == contract.client_ids == {world.client_id}
    for actor, here, there in (
        (provider, True, True),
        (client, True, False),
        (contract, True, False),
    ):
        assert actor.may("inspect", world.client_id) == here
        assert actor.may("inspect", other.client_id) == there
    assert rights(("engineer", "contract", 999_999)).client_ids == frozenset()
    assert rights().client_ids == frozenset()


def test_different_roles_at_different_clients_do_not_mix(world: World, other: World) -> None:
    actor = rights(("client", "client", world.client_id), ("engineer", "client", other.client_id))
    assert not actor.may("inspect", world.client_id)
    assert actor.may("inspect", other.client_id)
    assert actor.client_ids == {world.client_id, other.client_id}


def test_grants_begin_and_end(world: World) -> None:
    key = world.engineer.person_id
    for since, until, live in (
        (NOW - timedelta(days=9), NOW, False),
        (NOW - timedelta(days=9), NOW + timedelta(seconds=1), True),
        (NOW + timedelta(seconds=1), None, False),
        (NOW, None, True),
    ):
        Grant.update(since=since, until=until).where(Grant.person == key).execute()
        assert bool(people.actor_of(Person.get_by_id(key), NOW).rights) == live


def add(actor: Actor, **changed: object) -> Receipt:
    order = {
        "username": "neu",
        "name": "新人",
        "secret_password": PASSWORD,
        "grants": (),
        **changed,
    }
    return run(people.add_person, people.AddPerson(**order), actor)


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"username": "  "}, "username", "required"),
        ({"username": " ENGINEER-A "}, "username", "taken"),
        ({"secret_password": "123456789"}, "password", "short"),
        ({"grants": (("king", "provider", None),)}, "grants", "role"),
    ],
)  # fmt: skip
def test_bad_orders_are_refused(
    world: World, changed: dict[str, object], field: str, code: str
) -> None:
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        add(access.SYSTEM, **changed)
    assert [(e.field, e.code) for e in refused.value.errors] == [(field, code)]
    assert snapshot() == before


def test_only_the_provider_adds_people(world: World) -> None:
    local = Actor(None, (Right("manager", "client", world.client_id, world.client_id),))
    for actor in (world.engineer, world.viewer, local):
        with pytest.raises(Forbidden):
            add(actor)
    receipt = add(rights(("admin", "provider", None)))
    assert PASSWORD not in Submission.get_by_id(receipt.id).body


def test_a_person_chooses_a_language(world: World) -> None:
    run(people.set_locale, people.SetLocale("en"), world.viewer)
    assert Person.get_by_id(world.viewer.person_id).locale == "en"
    with pytest.raises(Invalid):
        run(people.set_locale, people.SetLocale("tlh"), world.viewer)


def test_names_are_read_in_one_go_and_fall_back_to_the_user_name(world: World) -> None:
    key = world.viewer.person_id or 0
    Person.update(name=None).where(Person.id == key).execute()
    assert people.names({key, world.engineer.person_id or 0}) == {
        key: "viewer-a", world.engineer.person_id: "engineer-a 先生"}  # fmt: skip
    assert people.names(set()) == {}
    assert people.any_exists()
