"""A job whose worker died after the work and before the note of it runs again: nothing changes.

The row of a job itself counts its attempts, so it is left out of what is compared.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from roundtag import clock, jobs, notify
from roundtag.accounts import letters
from roundtag.heads import checks
from roundtag.models import Job, LogCheck, Person
from roundtag.settings import current
from tests.seeing import snapshot
from tests.world import World

RUNS = [10, pytest.param(1_000, marks=pytest.mark.soak)]
Work = Callable[[World, int], None]


def told_by_mail(world: World, number: int) -> None:
    Person.update(email="a@b.example").where(Person.id == world.engineer.person_id).execute()
    assert world.engineer.person_id
    notify.tell(world.engineer.person_id, "ledger-alarm", f"twice-{number}", clock.now(),
                channels=("app", "mail"), count=1)  # fmt: skip


def forgotten(world: World, number: int) -> None:
    Person.update(email=f"{number}@b.example").where(
        Person.id == world.engineer.person_id).execute()  # fmt: skip
    letters.ask(f"{number}@b.example")


def checked(world: World, number: int) -> None:
    LogCheck.update(asked_at=clock.now() - timedelta(days=2)).execute()
    assert checks.ensure(clock.now())


WORKS = {"send_mail": told_by_mail, "accounts.reset": forgotten, "ledger.check": checked}


def held() -> tuple[dict, dict[str, int]]:
    spool = current().spool_dir
    files = {str(path): path.stat().st_size for path in spool.rglob("*")} if spool.exists() else {}
    return snapshot(Job), files


@pytest.mark.parametrize("runs", RUNS)
@pytest.mark.parametrize("name", WORKS)
def test_a_job_that_runs_twice_does_its_work_once(
    world: World, data_dir: Path, name: str, runs: int
) -> None:
    data_dir.mkdir(exist_ok=True)
    for number in range(runs):
        WORKS[name](world, number)
        found = list(Job.select().where(Job.name == name))
        assert found
        for job in found:
            handler = jobs._handlers[name]
            handler(**job.args)
            once = held()
            handler(**job.args)
            assert held() == once
        Job.delete().where(Job.name == name).execute()
