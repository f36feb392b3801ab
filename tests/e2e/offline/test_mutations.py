"""Tests of the tests: with a fault built in on purpose, the oracle of the families turns red."""

import sqlite3
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests import world
from tests.e2e.client import Client, Forms, envelope
from tests.e2e.offline import facts
from tests.e2e.offline.conftest import Hand
from tests.e2e.offline.plan import Entry
from tests.e2e.offline.town import PEOPLE, Town

HERE = Path(__file__).parent
Start = Callable[[str], Town]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """start(mutant) → a town whose server has that fault; "" for none."""
    towns: list[Town] = []

    def start(mutant: str) -> Town:
        town = Town(tmp_path / "data")
        path = f"{HERE / 'mutants'}:{HERE.parents[2]}"
        town.env |= {"ROUNDTAG_MUTANT": mutant, "PYTHONPATH": path}
        towns.append(town)
        return town.start().fill()

    yield start
    for town in towns:
        town.kill()


def script(town: Town, person: int = 0) -> Client:
    return Client(town.url).sign_in(PEOPLE[person], world.PASSWORD)


def item_for(town: Town, client: Client) -> dict[str, Any]:
    page = client.ask("GET", f"/t/{town.tags()[0]['code']}").data.decode()
    made = envelope("fault", Forms(page).filled["fault"], client.whoami(), 1)
    return {**made, "install_id": str(uuid.uuid4())}


def check(town: Town, item: dict[str, Any]) -> None:
    facts.check(town, [item["install_id"]], {item["id"]: item["sha256"]})


def test_acknowledged_before_the_commit(start: Start) -> None:
    town = start("ack")
    client = script(town)
    item = item_for(town, client)
    assert client.send(item).status == 201
    with pytest.raises(AssertionError):
        check(town, item)


def drop_unique(town: Town) -> None:
    """The table of submissions again, with the same columns and no key."""
    with sqlite3.connect(town.data_dir / "roundtag.db") as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA legacy_alter_table = ON")
        connection.execute("ALTER TABLE submission RENAME TO before")
        connection.execute("CREATE TABLE submission AS SELECT * FROM before")
        connection.execute("DROP TABLE before")


def send_by_twenty(town: Town, client: Client, items: list[dict[str, Any]]) -> None:
    with ThreadPoolExecutor(20) as pool:
        for item in items:
            replies = list(pool.map(client.send, [item] * 20))
            assert {reply.status for reply in replies} <= {200, 201}
            check(town, item)


@pytest.mark.soak
def test_no_unique_constraint(start: Start) -> None:
    """Twenty at once must meet between the question and the answer: some rounds they do not."""
    town = start("")
    client = script(town)
    items = [item_for(town, client) for _ in range(20)]
    drop_unique(town)
    with pytest.raises(AssertionError):
        send_by_twenty(town, client, items)


@pytest.mark.soak
def test_the_owner_ignored(start: Start) -> None:
    """What family 8 asks: nobody's work is taken from somebody else's hands without their name."""
    town = start("")
    item = item_for(town, script(town))
    assert script(town, 1).send(item).status == 403
    town.kill()
    town.env["ROUNDTAG_MUTANT"] = "owner"
    assert script(town.start(), 1).send(item).status == 201
    with pytest.raises(AssertionError):
        facts.owned(town, [item["id"]], item["owner"])


def test_received_without_a_receipt(hand: Hand, town: Town) -> None:
    """A phone that takes any reply, even none, for a receipt and lets the photos go."""
    wrong = ("ACTS[verdict.act]?.(row, verdict)", "acknowledge(row.submission_id, MADE_UP, {})")
    receipt = "{ missing: [], outcome: 'done', received_at: new Date().toISOString() }"
    mutants = {"verdict.js": (wrong[0], wrong[1].replace("MADE_UP", receipt))}
    phone = hand(town, mutants=mutants)
    # Cut at the proxy, a browser would send it again by itself over another connection.
    phone.context.route("**/sync/*-*", lambda route: route.abort())
    phone.file(phone.at(0, f"/t/{town.tags()[0]['code']}"), Entry("fault", 0, (1, 2), 61, 1))
    rows = phone.settled()
    with pytest.raises(AssertionError):
        facts.agree(town, rows)
