"""The job table is the truth: with what we embed, and with Redis and PostgreSQL; `make soak`
crosses them."""

import json
import os
import random
import subprocess
import sys
import threading
import uuid
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
import redis

from roundtag import clock, db, jobs, queue, settings
from roundtag.models import Job
from roundtag.supervisor import children, valkey
from tests.conftest import KINDS
from tests.house import handlers as handlers  # registers the jobs used below
from tests.house import lanes
from tests.house.processes import until

ROOT = Path(__file__).parents[2]
EMBEDDED, ENGINES = ("embedded", KINDS[0]), ("redis", KINDS[-1])
pytestmark = pytest.mark.parametrize(("carrier", "store_kind"), [
    EMBEDDED,
    pytest.param(*ENGINES, marks=pytest.mark.redis),
    *(pytest.param(*pair, marks=[pytest.mark.soak, pytest.mark.redis])
      for pair in product(("embedded", "redis"), KINDS) if pair not in (EMBEDDED, ENGINES)),
], indirect=True)  # fmt: skip


@pytest.fixture
def carrier(request: pytest.FixtureRequest, fresh_store: str, data_dir: Path,
            monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:  # fmt: skip
    """A queue of this test's own on either server; yields which one."""
    monkeypatch.setenv("DATABASE_URL", fresh_store)
    monkeypatch.setattr(queue, "NAME", f"roundtag-test-{uuid.uuid4().hex[:8]}")
    server = _serve_embedded(data_dir) if request.param == "embedded" else []
    if request.param == "redis":
        monkeypatch.setenv("REDIS_URL", lanes.redis_url())
    else:
        monkeypatch.delenv("REDIS_URL", raising=False)
    settings.current.cache_clear()
    until(_answers, "the queue server answers")
    yield request.param
    wipe()
    children.stop(server)


def _serve_embedded(data_dir: Path) -> list[children.Child]:
    child = valkey.child(data_dir)
    child.start()
    return [child]


def _answers() -> bool:
    try:
        return bool(queue.connection().ping())
    except redis.RedisError:
        return False


def wipe() -> None:
    """Makes the server forget all that it knows of this test, and nothing else."""
    for job in Job.select(Job.id):
        jobs.forget(job.id)
    queue.queue().delete(delete_jobs=True)


@pytest.fixture
def start_worker(carrier: str) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.house.handlers", queue.NAME]
        started.append(subprocess.Popen(command, cwd=ROOT, env=dict(os.environ)))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def enqueue(name: str, **args: str) -> str:
    with db.write():
        return jobs.enqueue(name, **args)


def state(job_id: str) -> str:
    return Job.get_by_id(job_id).state


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def make_due(job_id: str) -> None:
    Job.update(run_after=clock.now() - timedelta(seconds=1)).where(Job.id == job_id).execute()


def test_a_committed_job_is_done(carrier: str, start_worker: Callable, tmp_path: Path) -> None:
    job_id = enqueue("house.note", path=str(tmp_path / "log"), words="done")
    start_worker()
    until(lambda: state(job_id) == "done", "the job is done")
    assert lines(tmp_path / "log") == ["done"]
    until(lambda: jobs._delivery_status(job_id) is None, "the queue has forgotten it")


def test_nothing_is_handed_over_before_the_commit(carrier: str, tmp_path: Path) -> None:
    with db.write():
        jobs.enqueue("house.note", path=str(tmp_path / "log"), words="early")
        assert queue.queue().count == 0
    assert queue.queue().count == 1


@db.write()
def _enqueue_and_fail(log: Path) -> float:
    jobs.enqueue("house.note", path=str(log), words="never")
    return 1 / 0


def test_a_rolled_back_job_never_was(carrier: str, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        _enqueue_and_fail(tmp_path / "log")
    assert queue.queue().count == 0
    assert Job.select().count() == 0


def test_a_job_delivered_twice_runs_once(carrier: str, tmp_path: Path) -> None:
    job_id = enqueue("house.note", path=str(tmp_path / "log"), words="once")
    together = [threading.Thread(target=jobs.perform, args=(job_id,)) for _ in range(4)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    jobs.perform(job_id)
    assert lines(tmp_path / "log") == ["once"]


def test_a_wiped_queue_loses_nothing(carrier: str, start_worker: Callable, tmp_path: Path) -> None:
    wanted = [enqueue("house.note", path=str(tmp_path / f"{n}"), words="x") for n in range(20)]
    wipe()
    assert queue.queue().count == 0
    assert jobs.sweep() == 20
    assert jobs.sweep() == 0
    start_worker()
    until(lambda: all(state(job_id) == "done" for job_id in wanted), "all are done")
    assert all(lines(tmp_path / f"{n}") == ["x"] for n in range(20))


def test_a_queue_wiped_at_any_moment_loses_nothing(
    carrier: str, start_worker: Callable, tmp_path: Path
) -> None:
    """Between and during deliveries; a job that was under way then still runs once."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    chance, wanted = random.Random(seed), []
    start_worker()
    for number in range(60):
        wanted.append(enqueue("house.note", path=str(tmp_path / f"{number}"), words="x"))
        if chance.random() < 0.2:
            wipe()
        if chance.random() < 0.3:
            jobs.sweep()

    def all_done() -> bool:
        jobs.sweep()
        return all(state(job_id) == "done" for job_id in wanted)

    until(all_done, "all are done", 120)
    assert all(lines(tmp_path / f"{n}") == ["x"] for n in range(len(wanted)))


def test_a_worker_killed_in_a_job_loses_nothing(
    carrier: str, start_worker: Callable, tmp_path: Path
) -> None:
    log, gate = tmp_path / "log", tmp_path / "gate"
    job_id = enqueue("house.hold", path=str(log), gate=str(gate))
    first = start_worker()
    until(lambda: lines(log) == ["began"], "the job has begun")
    first.kill()
    first.wait()
    gate.touch()
    if carrier == "redis":
        make_due(job_id)
        jobs.sweep()
    start_worker()
    until(lambda: state(job_id) == "done", "the job is done")
    assert lines(log) == ["began", "began", "ended"]
    assert Job.get_by_id(job_id).attempts == 2


def test_a_failing_job_is_tried_again_later_and_then_given_up(carrier: str, tmp_path: Path) -> None:
    job_id = enqueue("house.fail", path=str(tmp_path / "log"))
    for attempt, pause in enumerate(jobs.BACK_OFF, start=1):
        jobs.perform(job_id)
        job = Job.get_by_id(job_id)
        assert (job.state, job.attempts) == ("queued", attempt)
        assert pause - 5 < (job.run_after - clock.now()).total_seconds() <= pause
        make_due(job_id)
    jobs.perform(job_id)
    job = Job.get_by_id(job_id)
    assert (job.state, job.error) == ("failed", "RuntimeError: as the test wants it")
    assert len(lines(tmp_path / "log")) == len(jobs.BACK_OFF) + 1


def test_a_dead_delivery_does_not_block_its_job(carrier: str, tmp_path: Path) -> None:
    job_id = enqueue("house.note", path=str(tmp_path / "log"), words="x")
    queue.queue().empty()
    queue.queue().enqueue_call("roundtag.jobs.perform", args=["other"], job_id=job_id)
    jobs._delivery(job_id).set_status(jobs.JobStatus.FAILED)
    queue.queue().remove(job_id)
    assert jobs.sweep() == 1
    assert queue.queue().get_job_ids() == [job_id]
    assert jobs._delivery(job_id).args == [job_id]


def test_an_unreachable_queue_delays_a_job_only(
    carrier: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setattr(queue, "url", lambda: "redis://127.0.0.1:1")
        job_id = enqueue("house.note", path=str(tmp_path / "log"), words="x")
        assert queue.health()["up"] is False
    assert state(job_id) == "queued"
    assert jobs.sweep() == 1


def test_jobs_travel_as_json(carrier: str, tmp_path: Path) -> None:
    job_id = enqueue("house.note", path=str(tmp_path / "log"), words="x")
    stored = queue.connection().hget(f"rq:job:{job_id}", "data")
    assert json.loads(zlib.decompress(stored)) == ["roundtag.jobs.perform", None, [job_id], {}]


def test_old_done_jobs_are_tidied_away(carrier: str, tmp_path: Path) -> None:
    job_id = enqueue("house.note", path=str(tmp_path / "log"), words="x")
    jobs.perform(job_id)
    assert jobs.tidy() == 0
    Job.update(finished_at=clock.now() - jobs.KEPT - timedelta(days=1)).execute()
    assert jobs.tidy() == 1
