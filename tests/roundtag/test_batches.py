"""An import in steps: handed in, looked at, accepted once, found again, gone after a day."""

import io
import os
import time
from datetime import timedelta
from typing import Any

import pytest

from roundtag import access, clock, commands, jobs
from roundtag.db import database
from roundtag.errors import Forbidden, NotFound
from roundtag.models import Base, Device, ImportBatch, ImportMapping, Job, Leaf, Submission
from roundtag.register import Choice, batches, files, pages, progress, table
from tests import world as worlds
from tests.roundtag.test_register import DEVICES, ROOMS, sound
from tests.seeing import queries_of, snapshot
from tests.world import World, new_id

NEW = DEVICES.replace("R1,", "A301,")


def hand_in(world: World, *texts: str, actor: access.Actor | None = None, rows: int = 0) -> str:
    listed: list[dict[str, Any]] = [
        files.keep(f"{n}.csv", io.BytesIO(text.encode())) for n, text in enumerate(texts, 1)
    ]
    listed = [{**one, "rows": rows or one["rows"]} for one in listed]
    return batches.open_batch(new_id(), world.client_id, listed, actor or world.manager)


def seen(key: str, world: World, **asked: Any) -> pages.BatchPage:
    return pages.page(key, world.manager, **asked)


def accept(key: str, world: World, command: str | None = None, digest: str | None = None) -> None:
    shown = seen(key, world)
    batches.accept(key, command or new_id(), digest or shown.document["digest"], world.manager)


def work(name: str) -> None:
    """Every waiting job of that name, done in this very transaction."""
    for job in list(Job.select().where((Job.name == name) & (Job.state == "queued"))):
        jobs._handlers[job.name](**job.args)
        Job.update(state="done").where(Job.id == job.id).execute()


@pytest.fixture
def unqueued(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests deliver the jobs themselves."""
    monkeypatch.setattr(jobs, "hand_over", lambda job_id: True)


def test_looking_writes_nothing_and_accepting_writes_all(world: World) -> None:
    before = snapshot(ImportBatch)
    key = hand_in(world, ROOMS, NEW)
    shown = seen(key, world)
    assert (shown.state, shown.acceptable) == ("ready", True)
    assert shown.document["counts"]["devices"] == {"create": 2, "update": 0, "unchanged": 0}
    assert snapshot(ImportBatch) == before
    accept(key, world)
    done = seen(key, world)
    assert (done.state, done.told["values"]["created"]) == ("done", 3)
    assert Device.select().where(Device.code << ("P1", "M1")).count() == 2
    assert sound(world.client_id)


def test_the_same_file_again_changes_nothing_and_says_so(world: World) -> None:
    accept(hand_in(world, NEW), world)
    before = snapshot(ImportBatch)
    key = hand_in(world, NEW)
    shown = seen(key, world)
    assert (shown.document["idle"], shown.acceptable) == (True, False)
    accept(key, world)
    assert snapshot(ImportBatch) == before


def test_two_taps_write_once(world: World) -> None:
    key, command = hand_in(world, NEW), new_id()
    digest = seen(key, world).document["digest"]
    for _ in range(2):
        batches.accept(key, command, digest, world.manager)
    assert Submission.select().where(Submission.id == command).count() == 1
    assert seen(key, world).state == "done"
    assert hand_in(world, NEW) != key


def test_what_has_become_different_is_shown_and_not_written(world: World) -> None:
    text = NEW.replace("投影机,projector", "新名字,projector")
    accept(hand_in(world, NEW), world)
    key = hand_in(world, text)
    digest = seen(key, world).document["digest"]
    Device.update(name="别人改的").where(Device.code == "P1").execute()
    batches.accept(key, new_id(), digest, world.manager)
    shown = seen(key, world)
    assert (shown.state, shown.told) == ("ready", {"stale": True})
    assert shown.lines[0]["fields"][0]["before"] == "别人改的"
    assert Device.get(Device.code == "P1").name == "别人改的"
    accept(key, world)
    assert Device.get(Device.code == "P1").name == "新名字"


def test_a_digest_of_nothing_is_no_acceptance(world: World) -> None:
    key = hand_in(world, NEW)
    batches.accept(key, new_id(), "", world.manager)
    assert seen(key, world).told == {"stale": True}
    assert Device.select().where(Device.code == "P1").count() == 0


def test_errors_keep_it_from_being_accepted(world: World) -> None:
    key = hand_in(world, NEW.replace("2027-01-31", "明年"))
    shown = seen(key, world)
    assert (shown.acceptable, shown.sort, shown.document["totals"]["problems"]) == (
        False, "problems", 1,
    )  # fmt: skip
    assert shown.lines[0]["value"] == "明年"
    accept(key, world)
    assert Device.select().where(Device.code << ("P1", "M1")).count() == 0


def test_long_lists_come_in_pages(world: World) -> None:
    bad = NEW.split("\n")[0] + "\n" + "".join(f"A301,N{n},n,航母,m,t,S{n},\n" for n in range(120))
    key = hand_in(world, bad)
    assert (seen(key, world).pages, len(seen(key, world).lines)) == (3, 50)
    assert len(seen(key, world, number=3).lines) == 20
    assert seen(key, world, number=99).page == 3
    assert seen(key, world, sort="nonsense").sort == "problems"
    assert len(pages.problems(key, world.manager)) == 120


def test_columns_are_chosen_and_remembered(world: World, other: World) -> None:
    odd = NEW.replace("品牌", "牌子", 1)
    key = hand_in(world, odd)
    assert seen(key, world).wanting
    one = seen(key, world).tables[0]
    batches.choose(key, {one.signature: Choice("devices", {"牌子": "maker"})}, world.manager)
    assert seen(key, world).acceptable
    again = seen(hand_in(world, odd), world)
    assert (again.acceptable, again.tables[0].remembered) == (True, True)
    batches.choose(key, {one.signature: Choice("devices", {"牌子": "-"})}, world.manager)
    assert ImportMapping.select().count() == 1
    assert not seen(key, world).acceptable
    listed = [files.keep("a.csv", io.BytesIO(odd.encode()))]
    foreign = batches.open_batch(new_id(), other.client_id, listed, other.manager)
    assert not pages.page(foreign, other.manager).tables[0].remembered


def test_who_may(world: World, other: World) -> None:
    stranger = worlds.person("stranger", ("manager", "client", other.client_id))
    for actor in (world.engineer, world.viewer, stranger):
        with pytest.raises(Forbidden):
            hand_in(world, NEW, actor=actor)
    key = hand_in(world, NEW)
    for actor in (stranger, other.manager, world.engineer):
        with pytest.raises(NotFound):
            pages.page(key, actor)
        with pytest.raises(NotFound):
            batches.accept(key, new_id(), "x", actor)
    keeper = worlds.person("keeper", ("storekeeper", "provider", None))
    told = pages.page(hand_in(world, NEW, actor=keeper), keeper)
    assert (told.state, told.failed) == ("failed", True)
    assert told.told["message"] == Forbidden.message
    broken = pages.page(hand_in(world, "a,b\n1,2\n", actor=keeper), keeper)
    assert broken.document["totals"]["problems"] == 1


def test_a_long_file_is_read_and_written_by_jobs(world: World, unqueued: None) -> None:
    key = hand_in(world, NEW, rows=10_000)
    assert seen(key, world).working
    work("register.look")
    assert seen(key, world).acceptable
    accept(key, world)
    accept(key, world, digest="x")  # a second tap finds it taken
    assert (seen(key, world).state, seen(key, world).working) == ("storing", True)
    work("register.store")
    assert seen(key, world).state == "done"
    assert Device.select().where(Device.code << ("P1", "M1")).count() == 2
    assert files.read_note(f"{key}.progress")["phase"] == "sealing"
    assert sound(world.client_id)


def test_a_worker_that_dies_is_followed_by_one_that_writes_once(
    world: World, unqueued: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = hand_in(world, NEW, rows=10_000)
    work("register.look")
    accept(key, world)

    class Killed(BaseException):
        """As a signal would, it is no error that anybody handles."""

    def dying(*_: object, **__: object) -> None:
        raise Killed

    before = Leaf.select().count()
    with monkeypatch.context() as patch:
        patch.setattr(commands.ledger, "append", dying)  # in the middle of the transaction
        with pytest.raises(Killed):
            batches.store_job(key)
    assert Device.select().where(Device.code == "P1").count() == 0
    with monkeypatch.context() as patch:
        patch.setattr(batches, "_end", dying)  # behind the transaction
        with pytest.raises(Killed):
            batches.store_job(key)
    assert Device.select().where(Device.code == "P1").count() == 1
    batches.store_job(key)
    assert seen(key, world).state == "done"
    assert Leaf.select().count() == before + 2
    batches.store_job(key)
    batches.look_job(key)
    assert Leaf.select().count() == before + 2


def test_a_job_that_is_given_up_is_told(world: World, unqueued: None) -> None:
    key = hand_in(world, NEW, rows=10_000)
    Job.update(state="failed").where(Job.name == "register.look").execute()
    assert (seen(key, world).failed, seen(key, world).working) == (True, False)


def test_files_that_have_gone_are_asked_for_again(world: World) -> None:
    key = hand_in(world, NEW)
    digest = ImportBatch.get_by_id(key).files[0]["sha256"]
    (files.folder() / digest).unlink()
    accept(key, world)
    assert seen(key, world).told["message"] == batches.GONE
    lost = hand_in(world, NEW)
    (files.folder() / f"{lost}.json").unlink()
    assert seen(lost, world).failed


def test_files_and_batches_go_after_a_day(world: World) -> None:
    kept, old = hand_in(world, NEW), hand_in(world, ROOMS)
    ImportBatch.update(expires_at=clock.now() - timedelta(minutes=1)).where(
        ImportBatch.id == old
    ).execute()
    with pytest.raises(NotFound):
        seen(old, world)
    late = time.time() - 2 * 3600
    for path in files.folder().iterdir():
        os.utime(path, (late, late))
    fresh = files.keep("new.csv", io.BytesIO(b"just handed in"))
    assert batches.tidy() == 1
    left = {path.name for path in files.folder().iterdir()}
    own = ImportBatch.get_by_id(kept).files[0]["sha256"]
    assert left == {own, f"{kept}.json", fresh["sha256"]}


@pytest.mark.parametrize("model", [ImportBatch, ImportMapping])
def test_the_tables_are_what_the_models_say(world: World, model: type[Base]) -> None:
    table_name = model._meta.table_name
    found = {c.name: (c.null, c.primary_key) for c in database.get_columns(table_name)}
    assert found == {
        f.column_name: (f.null, bool(f.primary_key)) for f in model._meta.sorted_fields
    }
    indexed = {tuple(i.columns): i.unique for i in database.get_indexes(table_name)}
    for columns, unique in model._meta.indexes:
        names = tuple(model._meta.fields[name].column_name for name in columns)
        assert indexed[names] == unique


def test_a_file_that_is_too_large_is_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MAX_BYTES", 1000)
    with pytest.raises(table.BadFile):
        files.keep("x.csv", io.BytesIO(b"x" * 1001))
    assert list(files.folder().iterdir()) == []


def test_who_listens_hears_how_far_it_is() -> None:
    heard: list[tuple[str, int, int]] = []
    with progress.heard_by(lambda *told: heard.append(told)):
        assert list(progress.counted("reading", range(1200))) == list(range(1200))
    assert heard == [("reading", n, 1200) for n in (0, 500, 1000)]
    progress.tell("reading", 1, 1)
    assert len(heard) == 3


def test_reading_a_page_costs_the_same_however_long_the_file(world: World) -> None:
    few = hand_in(world, NEW)
    rows = "".join(f"A301,N{n},n,projector,m,t,S{n},\n" for n in range(90))
    many = hand_in(world, NEW.split("\n")[0] + "\n" + rows)
    assert queries_of(lambda: seen(few, world)) == queries_of(lambda: seen(many, world)) <= 3
    assert len(pages.waiting(world.manager)) == 2
    assert world.client_id in [line.id for line in pages.clients(world.manager)]
