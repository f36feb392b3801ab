"""Work after a commit. The job table is the truth; the queue only carries ids and may be wiped.

`enqueue` writes a row in the caller's transaction and hands its id to the queue after the commit;
`sweep` hands over again whatever is due and not in the queue. A delivery claims its row by a
guarded update, so that a job delivered twice runs once. A job whose worker died runs again: a
handler must bear being run a second time after a crash.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from redis import RedisError
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job as Delivery
from rq.job import JobStatus
from rq.serializers import JSONSerializer

from roundtag import clock, queue
from roundtag.db import after_commit, database, write
from roundtag.models import Job

TIMEOUT = timedelta(minutes=5)
LEASE = TIMEOUT + timedelta(minutes=2)
BACK_OFF = (5, 30, 120, 600)  # seconds before attempts 2, 3, …; then the job has failed
KEPT = timedelta(days=30)
GONE = ("done", "discarded")
IN_FLIGHT = {JobStatus.QUEUED, JobStatus.STARTED, JobStatus.READY_TO_ENQUEUE}

log = logging.getLogger(__name__)
Handler = TypeVar("Handler", bound=Callable[..., Any])
_handlers: dict[str, Callable[..., Any]] = {}


@dataclass(frozen=True)
class Standing:
    """Something that must hold, made true again every so many seconds (and at start)."""

    name: str
    seconds: float
    ensure: Callable[[], Any]


standing: dict[str, Standing] = {}


def register(name: str) -> Callable[[Handler], Handler]:
    """Marks the function that does jobs of this name; it gets the args of `enqueue`."""

    def keep(handler: Handler) -> Handler:
        _handlers[name] = handler
        return handler

    return keep


def every(seconds: float, name: str) -> Callable[[Handler], Handler]:
    """Marks an "ensure it exists" function for the scheduler; a missed turn is caught up."""

    def keep(ensure: Handler) -> Handler:
        standing[name] = Standing(name, seconds, ensure)
        return ensure

    return keep


def enqueue(name: str, /, *, run_after: datetime | None = None, **args: Any) -> str:
    """Adds a job to the present transaction; returns its id. `args` must be JSON."""
    job_id, now = str(uuid.uuid4()), clock.now()
    Job.create(id=job_id, name=name, args=args, run_after=run_after or now, created_at=now)
    if run_after is None or run_after <= now:
        after_commit(lambda: _hand_over_soon(job_id))
    return job_id


def _hand_over_soon(job_id: str) -> None:
    try:
        hand_over(job_id)
    except RedisError as error:
        log.info("queue unreachable, job %s waits for the sweep: %s", job_id, error)


def hand_over(job_id: str) -> bool:
    """Puts a job id into the queue unless it is there. Raises RedisError."""
    try:
        _send(job_id)
    except DuplicateJobError:
        return _replace_dead(job_id)
    return True


def _send(job_id: str) -> None:
    queue.queue().enqueue_call(
        func="roundtag.jobs.perform",
        args=[job_id],
        job_id=job_id,
        unique=True,
        timeout=int(TIMEOUT.total_seconds()),
        result_ttl=0,
        failure_ttl=3600,
    )


def _replace_dead(job_id: str) -> bool:
    """A delivery that ended without its job (its worker died) blocks the id: remove, send again."""
    if _delivery_status(job_id) in IN_FLIGHT:
        return False
    forget(job_id)
    _send(job_id)
    return True


def _delivery_status(job_id: str) -> JobStatus | None:
    try:
        # As fetched: a job that is done may leave the queue before a second question.
        return _delivery(job_id).get_status(refresh=False)
    except NoSuchJobError:
        return None


def _delivery(job_id: str) -> Delivery:
    return Delivery.fetch(job_id, connection=queue.connection(), serializer=JSONSerializer)


def forget(job_id: str) -> None:
    """Removes what the queue knows of a job; the row stays."""
    try:
        _delivery(job_id).delete()
    except NoSuchJobError:
        return


def perform(job_id: str) -> None:
    """What the worker runs for each delivery: claims the row, does the job, stores the end."""
    with database.connection_context():
        job = _claim(job_id)
        if job is None:
            return
        try:
            _handlers[job.name](**job.args)
        except Exception as error:
            log.exception("job %s %s failed in attempt %d", job.name, job.id, job.attempts)
            _retry_or_fail(job, error)
        else:
            _finish(job, state="done", error="", finished_at=clock.now())


def _claim(job_id: str) -> Job | None:
    now = clock.now()
    with write():
        won = (
            Job.update(state="running", attempts=Job.attempts + 1, run_after=now + LEASE)
            .where((Job.id == job_id) & (Job.state == "queued") & (Job.run_after <= now))
            .execute()
        )
    return Job.get_by_id(job_id) if won else None


def _retry_or_fail(job: Job, error: Exception) -> None:
    now, words = clock.now(), f"{type(error).__name__}: {error}"[:2000]
    if job.attempts > len(BACK_OFF):
        _finish(job, state="failed", error=words, finished_at=now)
        return
    pause = timedelta(seconds=BACK_OFF[job.attempts - 1])
    _finish(job, state="queued", error=words, run_after=now + pause)


def _finish(job: Job, **values: Any) -> None:
    """Only the attempt that holds the row may end it; one whose lease ran out may not."""
    with write():
        Job.update(**values).where(
            (Job.id == job.id) & (Job.state == "running") & (Job.attempts == job.attempts)
        ).execute()


@every(5, "jobs.sweep")
def sweep() -> int:
    """Hands over every due job that the queue does not hold; returns how many."""
    release(Job.run_after <= clock.now())
    due = (
        Job.select(Job.id)
        .where((Job.state == "queued") & (Job.run_after <= clock.now()))
        .order_by(Job.run_after)
        .limit(500)
    )
    waiting = [job.id for job in due]
    held = set(queue.queue().get_job_ids()) if waiting else set()
    return sum(hand_over(job_id) for job_id in waiting if job_id not in held)


def release(which: Any) -> int:
    """Puts running jobs back that nobody works on any more; returns how many."""
    lost = [job.id for job in Job.select(Job.id).where((Job.state == "running") & which)]
    for job_id in lost:
        forget(job_id)
    if not lost:
        return 0
    with write():
        freed = Job.update(state="queued", run_after=clock.now()).where(
            Job.id.in_(lost) & (Job.state == "running") & which
        )
        return int(freed.execute())


def recover() -> int:
    """Puts every running job back. Only for the owner of all workers (the embedded queue)."""
    for job_id in queue.queue().started_job_registry.get_job_ids(cleanup=False):
        forget(job_id)
    release(Job.id.is_null(False))
    return sweep()


@every(86_400, "jobs.tidy")
def tidy() -> int:
    """Drops rows of jobs done or given up longer ago than KEPT; failed ones wait for a person."""
    with write():
        old = Job.delete().where(Job.state.in_(GONE) & (Job.finished_at < clock.now() - KEPT))
        return int(old.execute())
