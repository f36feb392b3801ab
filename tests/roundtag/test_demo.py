"""The demo on both databases: complete, believable, loaded once."""

from datetime import timedelta

import pytest

from roundtag import access, clock, demo, installation, ledger, people, register, rounds
from roundtag.errors import Invalid
from roundtag.models import (
    Checklist,
    Client,
    Contract,
    Device,
    History,
    Inspection,
    Leaf,
    Log,
    Person,
    Room,
    Tag,
    Unit,
)

PASSWORD = "a demo password"


def test_the_demo_is_complete(store: str) -> None:
    assert demo.load(PASSWORD) is True
    assert (Client.get().code, Room.select().count(), Device.select().count()) == ("HHZ", 5, 80)
    assert Unit.select().where(Unit.place == "store").count() == 28
    assert Tag.select().where(Tag.state == "bound").count() == 85
    assert Checklist.select().count() == 27
    assert {row.kind for row in History.select()} == {"registered"}
    assert not Inspection.select().exists()
    assert [ledger.verify(key) for _, key in ledger.logs()] == [[], []]


def test_the_accounts_can_sign_in_and_see_their_work(store: str) -> None:
    demo.load(PASSWORD)
    actors = {name: signed_in(name) for name in ("engineer", "manager", "client")}
    assert {name: actor.roles for name, actor in actors.items()} == {
        "engineer": {"engineer"},
        "manager": set(demo.MANAGES),
        "client": {"client"},
    }
    card = rounds.cards(actors["engineer"], clock.local_day(clock.now()))[0]
    assert (card.progress.total, card.progress.done, card.late) == (80, 0, False)
    assert card.engineer == "李建国"
    assert len(rounds.devices_assigned(actors["engineer"].person_id or 0)) == 80


def signed_in(username: str) -> access.Actor:
    found = people.sign_in(username, PASSWORD)
    assert found is not None
    session = people.session(found[1])
    assert session is not None
    return session.actor


def test_the_contract_runs_for_a_year_from_today(store: str) -> None:
    demo.load(PASSWORD)
    contract = Contract.get()
    assert contract.starts_on == clock.local_day(clock.now())
    assert timedelta(days=364) <= contract.ends_on - contract.starts_on <= timedelta(days=366)


def test_a_second_load_changes_nothing(store: str) -> None:
    demo.load(PASSWORD)
    leaves = Leaf.select().count()
    assert demo.load("another password") is False
    assert Leaf.select().count() == leaves
    assert signed_in("manager")


def test_a_short_password_leaves_nothing_behind(store: str) -> None:
    with pytest.raises(Invalid):
        demo.load("short")
    for model in (Person, Client, Log, Checklist, Device):
        assert not model.select().exists()


def test_the_demo_files_imported_again_change_nothing(store: str) -> None:
    demo.load(PASSWORD)
    files = [(name, (demo.FOLDER / name).read_bytes()) for name in demo.FILES]
    assert register.submit(files, Client.get().id, access.SYSTEM).receipt is None


def test_an_installation_begins_once(store: str) -> None:
    installation.begin()
    leaves = Leaf.select().count()
    installation.begin()
    assert Leaf.select().count() == leaves
    assert Checklist.select().count() == 27
    assert ledger.verify(None) == []
