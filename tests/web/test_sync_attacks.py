"""Attacks on the sync door that a client of ours would never make; what each leaves behind."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from roundtag import clock
from roundtag.models import Fault, Submission
from tests import world as worlds
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.phone import SYNC, phone
from tests.web.test_sync_door import post, problem
from tests.world import World


def raw(browser: FlaskClient, key: str, data: bytes) -> object:
    return browser.post(f"/sync/{key}", data=data, headers=SYNC, content_type="application/json")


@pytest.mark.parametrize("member", ["owner", "id", "body", "sha256"])
def test_a_member_that_is_there_twice_is_refused(
    engineer: FlaskClient, world: World, member: str
) -> None:
    """Two readers would take each another one of them."""
    sent, before = phone("fault", worlds.fault_form(world), world.engineer.person_id), snapshot()
    twice = json.dumps(sent)[:-1] + f', "{member}": {json.dumps(sent[member])}}}'
    assert problem(raw(engineer, sent["id"], twice.encode()), 422, "invalid")["errors"]
    assert snapshot() == before


HOSTILE = {
    "ten megabytes": lambda sent: json.dumps({**sent, "body": "x" * 10_000_000}),
    "depth 10,000": lambda sent: json.dumps(sent)[:-1] + ', "x": ' + "[" * 10_000 + "}",
    "a deep body": lambda sent: json.dumps({**sent, "body": "[" * 10_000 + "]" * 10_000}),
    "NaN for a number": lambda sent: json.dumps({**sent, "seq": float("nan")}),
    "infinity for a number": lambda sent: json.dumps({**sent, "seq": float("inf")}),
    "a lone surrogate": lambda sent: json.dumps({**sent, "install_id": "\ud800"}),
    "many at once": lambda sent: json.dumps([sent] * 200),
    "a thousand photos": lambda sent: json.dumps({**sent, "blobs": [
        {"sha256": f"{n:064x}", "mime": "image/jpeg", "size": 9} for n in range(1000)]}),
}  # fmt: skip


@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_json_is_refused_and_leaves_nothing(
    engineer: FlaskClient, world: World, attack: str
) -> None:
    sent, before = phone("fault", worlds.fault_form(world), world.engineer.person_id), snapshot()
    answer = raw(engineer, sent["id"], HOSTILE[attack](sent).encode())
    assert answer.status_code in {413, 422}, answer.text
    assert snapshot() == before
    assert post(engineer, sent).status_code == 201


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_ten_years_off_moves_no_deadline(
    engineer: FlaskClient, world: World, years: int
) -> None:
    wrong = clock.to_text(clock.now() + timedelta(days=365 * years))
    sent = phone("fault", worlds.fault_form(world), world.engineer.person_id,
                 claimed_at=wrong, sent_at=wrong)  # fmt: skip
    before = datetime.now(UTC)
    assert post(engineer, sent).status_code == 201
    reported = Fault.get(Fault.submission == sent["id"]).reported_at
    assert abs(reported - before) < timedelta(minutes=5)


def test_an_entry_of_another_session_is_not_taken_for_ones_own(
    signed_in: SignIn, world: World
) -> None:
    """Cross-user replay: what one person sent, sent again by another, whoever it says it is of."""
    sent = phone("fault", worlds.fault_form(world), world.engineer.person_id)
    assert post(signed_in("engineer-a"), sent).status_code == 201
    viewer, before = signed_in("viewer-a"), snapshot(Submission)
    for owner in (world.engineer.person_id, world.viewer.person_id):
        assert post(viewer, {**sent, "owner": owner}).status_code in {403, 409}
    assert Submission.get_by_id(sent["id"]).owner_id == world.engineer.person_id
    assert len(snapshot()["fault"]) == len(before["fault"])
