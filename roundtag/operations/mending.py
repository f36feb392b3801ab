"""Jobs that have failed for good: what an administrator sees of them, and the two ways out."""

from dataclasses import dataclass
from datetime import datetime

from roundtag import clock
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.models import Job
from roundtag.words import N_

SHOWN = 50


@dataclass(frozen=True)
class FailedJob:
    """`error`: its kind only; the rest may quote what people typed. Its arguments stay unseen."""

    id: str
    name: str
    error: str
    attempts: int
    failed_at: datetime | None


@dataclass(frozen=True)
class RetryJob:
    job_id: str


@dataclass(frozen=True)
class DiscardJob:
    job_id: str


def failed() -> list[FailedJob]:
    """The last fifty; one query."""
    query = Job.select().where(Job.state == "failed").order_by(Job.finished_at.desc()).limit(SHOWN)
    return [
        FailedJob(job.id, job.name, job.error.split(":")[0], job.attempts, job.finished_at)
        for job in query
    ]


def may_look(actor: Actor) -> bool:
    """The installation is the provider's: a right at one client is none to it."""
    return actor.system or bool({"admin", "auditor"} & actor.roles_at(None))


def retry_job(command: RetryJob, deed: Deed) -> Outcome:
    """Puts a failed job back with all its attempts; the next sweep hands it over. Once."""
    return _end(command.job_id, deed, N_("It is tried again within seconds."),
                state="queued", attempts=0, run_after=clock.now(), finished_at=None)  # fmt: skip


def discard_job(command: DiscardJob, deed: Deed) -> Outcome:
    """Gives a failed job up; its row stays for thirty days. Once."""
    return _end(command.job_id, deed, N_("It is given up."), state="discarded")


def _end(job_id: str, deed: Deed, message: str, **values: object) -> Outcome:
    deed.require()
    if not Job.select().where(Job.id == job_id).exists():
        raise NotFound
    if not deed.claim(Job, (Job.id == job_id) & (Job.state == "failed"), **values):
        return Outcome(N_("This was settled before."), "/admin", "conflict")
    return Outcome(message, "/admin")
