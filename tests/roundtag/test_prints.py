"""Prints of many labels: made by a job, found again, fetched, swept."""

from datetime import timedelta

import pypdfium2
import pytest

from roundtag import clock, jobs, print_store, prints, tagging
from roundtag.errors import NotFound
from roundtag.models import Device, Job, PrintFile, Tag
from roundtag.printing import PrintSheet
from tags import codes as tags
from tests.world import World

MANY = 80


@pytest.fixture
def wanted(world: World) -> PrintSheet:
    """All tags of a client with many devices."""
    for number in range(MANY):
        device = Device.create(client=world.client_id, room=world.room.id, name=f"屏 {number}",
                               code=f"A-X{number:03}", category="projector")  # fmt: skip
        Tag.create(code=tags.new(), state="bound", client=world.client_id, device=device,
                   made_at=clock.now())  # fmt: skip
    codes = tuple(line.code for line in tagging.bound(world.engineer))
    return PrintSheet(codes, "L7160", 5)


def perform() -> None:
    for job in list(Job.select().where((Job.name == "prints.make") & (Job.state == "queued"))):
        prints.make(**job.args)
        job.state = "done"
        job.save()


def test_a_print_is_ordered_made_and_fetched(world: World, wanted: PrintSheet) -> None:
    key = prints.order(wanted, world.engineer)
    waiting = prints.one(key, world.engineer)
    assert (waiting.state, waiting.drawn, waiting.labels) == ("waiting", 0, MANY + 3)
    with pytest.raises(NotFound):
        prints.fetch(key, world.engineer)
    perform()
    assert prints.one(key, world.engineer).state == "ready"
    made = prints.fetch(key, world.engineer)
    assert made.labels == MANY + 3
    assert len(pypdfium2.PdfDocument(made.data)) == -(-(4 + MANY + 3) // 21)
    assert [line.key for line in prints.mine(world.engineer)] == [key]


def test_progress_is_told_while_it_is_made(
    world: World, wanted: PrintSheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    key, real = prints.order(wanted, world.engineer), prints._set

    def noting(key: str, **values: object) -> None:
        real(key, **values)
        seen.append(prints.one(key, world.engineer).drawn)

    monkeypatch.setattr(prints, "_set", noting)
    prints.make(key)
    assert seen == sorted(seen)
    assert len(seen) > 2
    assert 0 < seen[0] < MANY
    assert seen[-1] == MANY + 3


def test_ordered_twice_it_is_one_print(world: World, wanted: PrintSheet) -> None:
    key = prints.order(wanted, world.engineer)
    assert prints.order(wanted, world.engineer) == key
    perform()
    assert prints.order(wanted, world.engineer) == key
    assert Job.select().where(Job.name == "prints.make").count() == 1
    assert prints.order(wanted, world.manager) != key  # another person has their own


def test_another_persons_print_is_nothing(world: World, wanted: PrintSheet) -> None:
    key = prints.order(wanted, world.engineer)
    perform()
    for read in (prints.one, prints.fetch):
        with pytest.raises(NotFound):
            read(key, world.manager)


def test_a_print_of_others_tags_is_refused_at_once(world: World, other: World) -> None:
    with pytest.raises(NotFound):
        prints.order(PrintSheet(tuple(other.tags)), world.engineer)
    assert PrintFile.select().count() == 0


def test_what_became_impossible_meanwhile_is_told(world: World, wanted: PrintSheet) -> None:
    key = prints.order(wanted, world.engineer)
    Tag.update(state="revoked").where(Tag.code == wanted.codes[0]).execute()
    perform()
    line = prints.one(key, world.engineer)
    assert (line.state, bool(line.problem)) == ("failed", True)


def test_run_again_after_a_crash_it_is_the_same_file(world: World, wanted: PrintSheet) -> None:
    key = prints.order(wanted, world.engineer)
    prints.make(key)
    first = prints.fetch(key, world.engineer).data
    PrintFile.update(state="waiting", drawn=50).execute()
    prints.make(key)
    assert prints.fetch(key, world.engineer).data == first


def test_the_sweep_forgets_what_is_over(world: World, wanted: PrintSheet) -> None:
    key = prints.order(wanted, world.engineer)
    prints.make(key)
    assert prints.sweep() == 0
    PrintFile.update(expires_at=clock.now() - timedelta(seconds=1)).execute()
    assert prints.mine(world.engineer) == []
    assert prints.sweep() == 1
    assert print_store.forget(-1) == 1


def test_the_job_and_the_sweep_are_known() -> None:
    assert "prints.make" in jobs._handlers
    assert jobs.standing["prints.sweep"].seconds == 3600
