"""The demo on both databases: complete, believable, loaded once."""

from datetime import timedelta

import pytest

from roundtag import (
    access,
    clock,
    data,
    demo,
    installation,
    ledger,
    people,
    register,
    rounds,
    stock,
)
from roundtag.accounts import entering
from roundtag.accounts.throttle import Place
from roundtag.errors import Invalid
from roundtag.models import (
    Checklist,
    Client,
    Contract,
    Device,
    DeviceModel,
    History,
    Inspection,
    Leaf,
    Log,
    Person,
    Room,
    StockLevel,
    Store,
    Tag,
    Unit,
)
from roundtag.stock import catalogue

PASSWORD = "a demo password"


def test_the_demo_is_complete(store: str) -> None:
    assert demo.load(PASSWORD) is True
    assert (Client.get().code, Room.select().count(), Device.select().count()) == ("HHZ", 5, 80)
    assert Unit.select().where(Unit.place == "store").count() == 28
    assert Tag.select().where(Tag.state == "bound").count() == 85
    assert Checklist.select().count() == len(data.checklists())
    assert {row.kind for row in History.select()} == {"registered"}
    assert not Inspection.select().exists()
    assert [ledger.verify(key) for _, key in ledger.logs()] == [[], []]


def test_the_demos_stores_hold_what_is_counted_and_add_up(store: str) -> None:
    demo.load(PASSWORD)
    assert {(row.code, row.kind, row.client is None) for row in Store.select()} == {
        ("KM", "depot", True), ("HHZ-01", "client", False), ("BAG-01", "bag", True)}  # fmt: skip
    bag = Store.get(Store.kind == "bag")
    assert bag.person_id == Person.get(Person.username == "engineer").id
    counted = DeviceModel.select().where(DeviceModel.tracking == "count")
    assert {row.consumable for row in counted} == {
        "lamp", "microphone_battery", "remote_battery", ""}  # fmt: skip
    assert StockLevel.get((StockLevel.store == bag) & (StockLevel.quantity == 8))
    gone = DeviceModel.get(DeviceModel.discontinued_on.is_null(False))
    assert [one.full for one in catalogue.substitutes_of(gone.id)] == ["Crestron CP4"]
    assert stock.problems() == []


def test_the_accounts_can_sign_in_and_see_their_work(store: str) -> None:
    demo.load(PASSWORD)
    actors = {name: signed_in(name) for name in ("engineer", "manager", "client")}
    assert {name: actor.roles for name, actor in actors.items()} == {
        "engineer": {"engineer"},
        "manager": set(demo.MANAGES),
        "client": {"client"},
    }
    card = rounds.cards(actors["engineer"], clock.local_day(clock.now()))[0]
    assert (card.progress.total, card.progress.done, card.late) == (85, 0, False)
    assert card.engineer == "李建国"
    assert len(rounds.devices_assigned(actors["engineer"].person_id or 0)) == 80


def signed_in(username: str) -> access.Actor:
    found = entering.enter(username, PASSWORD, Place("192.0.2.1"))
    assert found is not None
    session = people.session(found.session)
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
    assert Checklist.select().count() == len(data.checklists())
    assert ledger.verify(None) == []
