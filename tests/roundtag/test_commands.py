"""commands.run: one id, one deed, one receipt."""

import dataclasses
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from roundtag import access, commands, db, inspections, ledger, sync
from roundtag.commands import Deed, Outcome
from roundtag.errors import Forbidden, Invalid, OtherBody, invalid
from roundtag.models import History, Inspection, Leaf, Room, Submission
from roundtag.models import OtherBody as KeptBody
from tests.house import lanes
from tests.seeing import at_once, counts, grown, snapshot
from tests.world import World, check_form, envelope, new_id, run


@dataclasses.dataclass(frozen=True)
class Rename:
    room_id: int
    remarks: str
    secret_word: str = ""


def open_round(command: Rename, deed: Deed) -> Outcome:
    """A small verb under a name that the table of rights knows."""
    room = Room.get_by_id(command.room_id)
    deed.require(room.client_id)
    deed.change(room, remarks=command.remarks)
    if command.remarks == "refuse":
        raise invalid("remarks", "bad", "No.")
    if command.remarks == "crash":
        raise RuntimeError("in the middle of the deed")
    return Outcome("done", url="/rooms", values={"to": command.remarks}, subject_id=room.id)


def remarks(world: World) -> str:
    return Room.get_by_id(world.room.id).remarks


def test_a_deed_is_one_submission_one_leaf_and_one_receipt(world: World) -> None:
    before = counts()
    receipt = run(open_round, Rename(world.room.id, "quiet"), world.manager)
    assert grown(before) == {"leaf": 1, "submission": 1}
    assert (receipt.outcome, receipt.message, receipt.url) == ("done", "done", "/rooms")
    assert (receipt.subject_id, receipt.values) == (world.room.id, {"to": "quiet"})
    assert not receipt.repeated
    assert remarks(world) == "quiet"


def test_a_replay_answers_the_stored_receipt_and_changes_nothing(world: World) -> None:
    key, order = new_id(), Rename(world.room.id, "quiet")
    first = commands.run(key, open_round, order, world.manager)
    run(open_round, Rename(world.room.id, "loud"), world.manager)
    before = snapshot()
    for _ in range(5):
        again = commands.run(key, open_round, order, world.manager)
        assert again == dataclasses.replace(first, repeated=True)
    assert snapshot() == before
    assert remarks(world) == "loud"


def test_another_body_under_a_known_id_is_refused_and_both_are_kept(world: World) -> None:
    key = new_id()
    first = commands.run(key, open_round, Rename(world.room.id, "one"), world.manager)
    before = counts()
    for _ in range(3):
        with pytest.raises(OtherBody) as refused:
            commands.run(key, open_round, Rename(world.room.id, "two"), world.manager)
        assert refused.value.stored_sha256 == first.sha256
    assert grown(before) == {"other_body": 1}
    kept = KeptBody.get(KeptBody.submission == key)
    assert '"two"' in kept.body
    assert '"one"' in Submission.get_by_id(key).body
    assert remarks(world) == "one"


def test_a_stranger_cannot_replay_what_another_person_sent(world: World) -> None:
    key, order = new_id(), Rename(world.room.id, "mine")
    commands.run(key, open_round, order, world.manager)
    with pytest.raises(OtherBody):
        commands.run(key, open_round, order, access.SYSTEM)


@pytest.mark.parametrize(("word", "error"), [("refuse", Invalid), ("crash", RuntimeError)])
def test_a_refusal_or_crash_leaves_no_row_and_the_id_free(
    world: World, word: str, error: type[Exception]
) -> None:
    key, before = new_id(), snapshot()
    with pytest.raises(error):
        commands.run(key, open_round, Rename(world.room.id, word), world.manager)
    assert snapshot() == before
    receipt = commands.run(key, open_round, Rename(world.room.id, "better"), world.manager)
    assert receipt.outcome == "done"
    assert not receipt.repeated


def test_the_wrong_role_is_refused_before_the_verb_runs(world: World) -> None:
    before = snapshot()
    with pytest.raises(Forbidden):
        run(open_round, Rename(world.room.id, "crash"), world.viewer)
    assert snapshot() == before


def test_the_right_role_at_another_client_is_refused(world: World, other: World) -> None:
    local = access.Actor(
        None, (access.Right("manager", "client", other.client_id, other.client_id),)
    )
    before = snapshot()
    with pytest.raises(Forbidden):
        run(open_round, Rename(world.room.id, "theirs"), local)
    assert snapshot() == before


def test_a_secret_is_never_kept_in_the_body(world: World) -> None:
    key = new_id()
    commands.run(key, open_round, Rename(world.room.id, "x", "hunter2hunter2"), world.manager)
    assert "hunter2" not in Submission.get_by_id(key).body


def test_an_error_of_the_database_in_the_verb_is_not_taken_for_a_replay(world: World) -> None:
    def swap(command: Any, deed: Deed) -> Outcome:
        deed.create(Room, client=world.client_id, building=world.room.building_id, name="x",
                    code=world.room.code, kind="video")  # fmt: skip
        return Outcome("never")

    with pytest.raises(commands.IntegrityError):
        run(swap, Rename(1, ""), world.engineer)


def test_a_crash_in_a_nested_write_undoes_the_outer_one_too(world: World) -> None:
    before = snapshot()

    def two() -> None:
        with db.write():
            run(open_round, Rename(world.room.id, "first"), world.manager)
            run(open_round, Rename(world.room.id, "crash"), world.manager)

    with pytest.raises(RuntimeError):
        two()
    assert snapshot() == before


def test_hooks_run_once_and_only_after_the_outermost_commit(world: World) -> None:
    seen: list[str] = []
    with db.write():
        db.after_commit(lambda: seen.append("outer"))
        with db.write():
            db.after_commit(lambda: seen.append("inner"))
        assert seen == []
    assert seen == ["outer", "inner"]
    db.after_commit(lambda: seen.append("at once"))
    assert seen[-1] == "at once"


def test_hooks_of_a_write_that_failed_never_run(world: World) -> None:
    seen: list[str] = []

    def fail() -> None:
        with db.write():
            db.after_commit(lambda: seen.append("never"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with db.write():
        pass
    assert seen == []


def test_twenty_deliveries_at_once_are_one_deed(fresh_world: World) -> None:
    world = fresh_world
    before = counts()
    sent = envelope("inspection", check_form(world), world.engineer.person_id)
    receipts = at_once([lambda: sync.submit(sent, world.engineer)] * 20)
    assert [r for r in receipts if isinstance(r, BaseException)] == []
    assert sorted(r.repeated for r in receipts) == [False] + [True] * 19
    assert len({(r.subject_id, r.received_at, r.outcome) for r in receipts}) == 1
    assert grown(before) == {"submission": 1, "inspection": 1, "answer": 4, "history": 1, "leaf": 1}
    assert ledger.verify(world.client_id) == []


def test_two_bodies_at_once_under_one_id_are_one_deed_and_one_kept_body(fresh_world: World) -> None:
    world, key = fresh_world, new_id()
    sent = [
        envelope("inspection", check_form(world, note=note), world.engineer.person_id, id=key)
        for note in ("one", "two")
    ]
    receipts = at_once([lambda one=one: sync.submit(one, world.engineer) for one in sent * 4])
    refused = [r for r in receipts if isinstance(r, BaseException)]
    assert len(refused) == 4
    assert {type(r) for r in refused} == {OtherBody}
    assert Inspection.select().count() == KeptBody.select().count() == 1


def test_without_the_key_on_ids_two_deliveries_would_be_two_deeds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test of the test above: what it counts does depend on the submission's key."""
    sent = envelope(
        "fault", {"tag": world.room_tag, "symptom": "no_sound"}, world.engineer.person_id
    )
    sync.submit(sent, world.engineer)
    before = counts()
    monkeypatch.setattr(commands, "find", lambda key: None)
    monkeypatch.setattr(commands, "keep", lambda sent, now: Submission.get_by_id(sent.id))
    sync.submit(sent, world.engineer)
    assert grown(before)["fault"] == 1


def test_the_leaf_says_who_what_and_when(world: World) -> None:
    sent = envelope("inspection", check_form(world), world.engineer.person_id)
    receipt = sync.submit(sent, world.engineer)
    leaf = Leaf.select().order_by(Leaf.received_at.desc(), Leaf.leaf_index.desc()).first()
    head = json.loads(leaf.text)
    assert head["deed"] == inspections.inspect.__name__
    assert (head["id"], head["body_sha256"]) == (sent.id, sent.sha256)
    assert head["actor"] == head["owner"] == world.engineer.person_id
    assert head["claimed_at"] == "2026-11-22T01:12:00.000000Z"
    assert leaf.received_at == receipt.received_at
    assert History.select().where(History.at == receipt.received_at).count() == 1


DELIVER = """
import json, sys
from roundtag import db, people, sync
from roundtag.commands import Envelope
from roundtag.models import Person
db.connect(sys.argv[1])
with db.database.connection_context():
    sent = json.load(sys.stdin)
    for one in sent:
        actor = people.actor_of(Person.get_by_id(one["owner"]), sync.clock.now())
        print(sync.submit(Envelope(**one), actor).repeated)
"""


def test_several_processes_deliver_the_same_items_once(fresh_world: World) -> None:
    owner, database = fresh_world.engineer.person_id, db.database.obj
    sent = [envelope("inspection", check_form(fresh_world, n % 2), owner) for n in range(6)]
    plain = [{k: getattr(e, k) for k in ("id", "form", "body", "sha256", "owner")} for e in sent]
    url = f"{lanes.postgresql_url().rsplit('/', 1)[0]}/{database.database}"
    if db.kind() == "sqlite":
        url = f"sqlite:///{database.database}"
    command = [sys.executable, "-c", DELIVER, url]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda p: p.communicate(json.dumps(plain))[0].split(), started))
    assert sorted(word for answer in answers for word in answer) == ["False"] * 6 + ["True"] * 12
    assert Inspection.select().count() == 6
    assert ledger.verify(fresh_world.client_id) == []
