"""Accounts where several people, or one person twice, come at the same moment."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from roundtag import access, clock, commands, ledger, links, people
from roundtag.access import Actor
from roundtag.accounts import entering, grants, letters, second, staff, throttle, totp
from roundtag.accounts.throttle import Place
from roundtag.errors import Forbidden, NotFound
from roundtag.models import Grant, Leaf, Person, Session, SignInDelay
from roundtag.people import passwords
from tests.seeing import at_once
from tests.world import PASSWORD, World, new_id, person, run

REAL = passwords.hasher  # before any fixture made it cheap
HERE = Place("198.51.100.7")
NEW = "gravel lantern 92 otter"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: cheap)
    passwords.decoy.cache_clear()


def test_of_many_guesses_at_one_moment_only_five_are_looked_at(fresh_world: World) -> None:
    """Attack: a thousand tries before the first failure is noted. Red when a failure is counted
    after the password was compared and not before."""
    looked: list[str] = []

    def guess(number: int) -> Callable[[], Any]:
        def call() -> str:
            try:
                entering.enter("engineer-a", f"wrong {number}", HERE)
            except entering.Wait:
                return "wait"
            looked.append(str(number))
            return "looked"

        return call

    answers = at_once([guess(n) for n in range(12)])
    assert sorted(map(str, answers)) == ["looked"] * 5 + ["wait"] * 7
    assert len(looked) == 5
    assert max(row.failures for row in SignInDelay.select()) == 5


def enrolled(world: World) -> str:
    secret = totp.new_secret()
    me = people.actor_of(Person.get_by_id(world.engineer.person_id), clock.now())
    early = totp.code_at(secret, totp.step_at(clock.now()) - 1)
    run(second.enrol_second_factor, second.EnrolSecondFactor(secret, early, second.new_codes()), me)
    return secret


def test_of_two_who_use_one_code_at_one_moment_one_comes_in(fresh_world: World) -> None:
    secret = enrolled(fresh_world)
    steps = [entering.enter("engineer-a", PASSWORD, HERE) for _ in range(2)]
    code = totp.code_at(secret, totp.step_at(clock.now()))
    before = Session.select().count()
    answers = at_once([
        lambda step=step: entering.answer(step.step, code, HERE) for step in steps if step
    ])  # fmt: skip
    assert sum(isinstance(one, str) for one in answers) == 1
    assert Session.select().count() == before + 1


def test_of_two_who_use_one_link_at_one_moment_one_sets_the_password(fresh_world: World) -> None:
    key = fresh_world.engineer.person_id or 0
    secret = links.new_secret()
    run(staff.offer_link, staff.OfferLink(key, secret))
    me = people.actor_of(Person.get_by_id(key), clock.now(), via="link")

    def choose(password: str) -> Callable[[], Any]:
        order = letters.ChoosePassword(secret, password)
        return lambda: commands.run(new_id(), letters.choose_password, order, me)

    answers = at_once([choose(NEW), choose("another 77 long word")])
    assert sum(isinstance(one, NotFound) for one in answers) == 1
    assert ledger.verify(None) == []


def test_of_two_administrators_who_end_each_other_one_remains(fresh_world: World) -> None:
    admins = [person(f"admin-{n}", ("admin", "provider", None)) for n in "xy"]
    rights = {one.person_id: Grant.get(Grant.person == one.person_id).id for one in admins}

    def end(actor: Actor, other: Actor) -> Callable[[], Any]:
        key = other.person_id or 0
        order = grants.EndGrant(key, rights[key])
        return lambda: commands.run(new_id(), grants.end_grant, order, actor)

    at_once([end(admins[0], admins[1]), end(admins[1], admins[0])])
    live = Grant.select().where((Grant.role == "admin") & Grant.until.is_null())
    assert live.count() >= 1


def test_who_may_do_what_to_accounts(world: World) -> None:
    """Every deed at somebody else's account needs a right of the provider."""
    key = world.engineer.person_id or 0
    deeds = [(staff.disable_person, staff.OfPerson(key)),
             (staff.enable_person, staff.OfPerson(key)),
             (staff.offer_link, staff.OfferLink(key, "s")), (staff.unlink_sso, staff.OfPerson(key)),
             (staff.reset_second_factor, staff.OfPerson(key)),
             (grants.add_grant, grants.AddGrant(key, grants.GrantOrder("admin", "provider", None))),
             (second.require_second_factor, second.RequireSecondFactor(("admin",))),
             (letters.offer_reset, letters.OfferReset(key, "d"))]  # fmt: skip
    for actor in (world.engineer, world.manager, world.viewer, Actor(None)):
        for verb, order in deeds:
            with pytest.raises(Forbidden):
                run(verb, order, actor)


def test_a_hash_of_older_parameters_is_made_anew_at_sign_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dear = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: dear)
    before = Person.get_by_id(world.engineer.person_id).password_hash
    assert entering.enter("engineer-a", "wrong", HERE) is None
    assert Person.get_by_id(world.engineer.person_id).password_hash == before
    leaves = Leaf.select().count()
    assert entering.enter("engineer-a", PASSWORD, HERE)
    after = Person.get_by_id(world.engineer.person_id).password_hash
    assert "m=64,t=2" in after
    assert Leaf.select().count() == leaves
    assert entering.enter("engineer-a", PASSWORD, HERE)
    assert ledger.verify(None) == []


def test_the_real_parameters_are_at_owasps_floor() -> None:
    real = REAL()
    assert (real.memory_cost >= 19_456, real.time_cost >= 2) == (True, True)
    assert real.type.name == "ID"
    assert passwords.MIN_PASSWORD >= 8


@pytest.mark.parametrize("word", ["correct horse battery", "密码安全一二三四五六七",
                                  "x9 q7 w5 e3 r1", "aaaabbbbccccdddd", "only-small-letters"],
                         )  # fmt: skip
def test_long_words_of_any_kind_are_taken(word: str) -> None:
    """No rule asks for kinds of characters (ASVS 6.2.5)."""
    assert passwords.refusal(word) is None


def test_delays_hold_no_name_or_address(world: World) -> None:
    entering.enter("engineer-a", "wrong", HERE)
    words = repr(list(SignInDelay.select().dicts()))
    assert "engineer" not in words
    assert HERE.address not in words
    later = clock.now() + timedelta(days=3)
    assert throttle.take("engineer-a", HERE, later).wait == 0


def test_deeds_at_accounts_name_no_secret_in_their_words() -> None:
    """What is shown of a command in a log or a debugger."""
    for order in (letters.ChoosePassword("LINK", "WORD"), staff.OfferLink(1, "LINK"),
                  second.EnrolSecondFactor("KEY", "WORD", ("CODE",))):  # fmt: skip
        assert not {"LINK", "WORD", "KEY", "CODE"} & set(repr(order).replace("'", " ").split())
    assert {"invite_person", "change_password"} <= set(access.DEEDS)
