"""Family 4: a reply lost after the commit, one submission many times at once, one id with two
bodies. (How a phone files the other body anew: tests/pwa/test_replies.py; a line cut at every
byte: test_every_byte.py.)"""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from roundtag.models import OtherBody
from tests import world
from tests.e2e.client import Client, Forms, envelope
from tests.e2e.offline import facts
from tests.e2e.offline.conftest import Hand
from tests.e2e.offline.plan import Entry
from tests.e2e.offline.town import PEOPLE, Town
from tests.e2e.proxy import Fault

AT_ONCE = 20


@pytest.mark.parametrize("fault", ["lost", "cut", "twice"])
def test_a_reply_that_is_lost_or_comes_twice(hand: Hand, town: Town, fault: str) -> None:
    faults = {"lost": Fault("POST /sync/", reply=0), "cut": Fault("POST /sync/", reply=250),
              "twice": Fault("POST /sync/", twice=True)}  # fmt: skip
    phone, code = hand(town), town.tags()[0]["code"]
    phone.network.next(faults[fault])
    phone.file(phone.at(0, f"/t/{code}"), Entry("fault", 0, (1, 2), photo=41, taps=1))
    rows = phone.settled()
    assert len(rows) == 1
    facts.agree(town, rows)


@pytest.fixture
def script(town: Town) -> Client:
    return Client(town.url).sign_in(PEOPLE[0], world.PASSWORD)


@pytest.fixture
def item(town: Town, script: Client) -> dict[str, Any]:
    page = script.ask("GET", f"/t/{town.tags()[1]['code']}").data.decode()
    made = envelope("inspection", Forms(page).filled["inspection"], script.whoami(), 1)
    return {**made, "install_id": str(uuid.uuid4())}


def test_twenty_at_once_are_one(town: Town, script: Client, item: dict[str, Any]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        replies = list(pool.map(script.send, [item] * AT_ONCE))
    assert sorted(reply.status for reply in replies) == [200] * (AT_ONCE - 1) + [201]
    assert len({reply.data for reply in replies}) == 1
    facts.check(town, [item["install_id"]], {item["id"]: item["sha256"]})


def test_another_body_under_a_known_id_is_told_and_both_are_kept(
    town: Town, script: Client, item: dict[str, Any]
) -> None:
    script.send(item)
    pairs = [("note", "other words"), *json.loads(item["body"])]
    other = {**envelope("inspection", pairs, item["owner"], 1), "id": item["id"]}
    reply = script.send({**other, "install_id": item["install_id"]})
    assert (reply.status, reply.json["stored_sha256"]) == (409, item["sha256"])
    facts.check(town, [item["install_id"]], {item["id"]: item["sha256"]})
    with town.records():
        [kept] = OtherBody.select().where(OtherBody.submission == item["id"])
        assert (kept.sha256, kept.body) == (other["sha256"], other["body"])
