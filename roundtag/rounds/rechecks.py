"""Finished work is checked a second time: a sample of a round, drawn by a stated seed, done by
somebody else."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from roundtag import clock
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Recheck, Round
from roundtag.rounds import opening
from roundtag.rounds.drawing import draw
from roundtag.rounds.route import Stop, stops_of, with_entries
from roundtag.rounds.scope import Candidate, Scope
from roundtag.rounds.sharing import walkers
from roundtag.rounds.stops import hold
from roundtag.words import N_

OCCASION = "recheck"
LONGEST = timedelta(days=366)
"""Until a re-check is due: a day far off would never be late."""


@dataclass(frozen=True)
class DrawRecheck:
    """`percent` of the stops that somebody else than `engineer_id` finished. Without a `seed` the
    submission's id is the seed: it is recorded before anything is drawn."""

    round_id: int
    percent: int
    engineer_id: int
    due_on: date
    seed: str = ""


def read(form: Fields, round_id: int, today: date) -> DrawRecheck:
    percent = form.decimal("percent", 1, 100, 10.0)
    engineer = form.whole("engineer")
    if engineer is None and not form.errors:
        form.refuse("engineer", "required", N_("Choose who checks again."))
    due = _day(form, today)
    seed = form.text("seed", limit=80) or ""
    form.done()
    return DrawRecheck(round_id, round(percent), engineer or 0, due, seed)


def _day(form: Fields, today: date) -> date:
    try:
        day = date.fromisoformat(form.raw("due_on"))
    except ValueError:
        form.refuse("due_on", "day", N_("Give a day, for example 2026-11-25."))
        return today
    if day < today:
        form.refuse("due_on", "early", N_("This day is over. Choose today or later."))
    if day > today + LONGEST:
        form.refuse("due_on", "late", N_("Choose a day no later than %(day)s."),
                    day=(today + LONGEST).isoformat())  # fmt: skip
    return day


def draw_recheck(command: DrawRecheck, deed: Deed) -> Outcome:
    """Opens a round of the occasion "recheck" over a sample of what others finished."""
    source = Round.get_or_none(Round.id == command.round_id)
    if source is None:
        raise NotFound
    deed.require(source.client_id)
    hold(source.id)  # two of one round are numbered in turn
    _check(command, source, deed)
    whole = [candidate(stop) for stop in finished_by_others(source, command.engineer_id)]
    if not whole:
        raise invalid("engineer", "own-work", N_(
            "There is nothing finished by others in this round: choose somebody else."
        ))  # fmt: skip
    seed = command.seed or hashlib.sha256(deed.id.encode()).hexdigest()[:16]
    drawn = draw(seed, whole, size_of(len(whole), command.percent))
    made = _open(command, source, deed, seed, len(whole), drawn)
    return Outcome(N_("%(count)s of %(whole)s finished stops were drawn for the re-check."),
                   f"/rounds/{made.id}", values={"count": len(drawn), "whole": len(whole)},
                   subject_id=made.id)  # fmt: skip


def size_of(whole: int, percent: int) -> int:
    """So many percent of the whole, at least one stop."""
    return Scope(sample=percent, sample_unit="percent").sampled(whole)


def candidate(stop: Stop) -> Candidate:
    """A stop as samples know it: the same seed draws the same ones on every database."""
    if stop.device_id:
        return Candidate(f"device {stop.device_code}", stop.device_id, None)
    return Candidate(f"room {stop.room_code}", None, stop.room_id)


def _check(command: DrawRecheck, source: Round, deed: Deed) -> None:
    if source.occasion == OCCASION:
        raise invalid("percent", "recheck", N_("This round is a re-check itself."))
    if not 1 <= command.percent <= 100:
        raise invalid("percent", "range", N_("Give a whole percentage from 1 to 100."))
    if command.engineer_id not in {key for key, _ in walkers(source.client_id, deed.received_at)}:
        raise invalid("engineer", "unknown", N_("Choose somebody who works for this client."))


def _open(command: DrawRecheck, source: Round, deed: Deed, seed: str, whole: int,
          drawn: list[Candidate]) -> Round:  # fmt: skip
    number = Recheck.select().where(Recheck.source == source.id).count() + 1
    made = opening.create(
        deed, source.contract, OCCASION, source.period, command.due_on, drawn,
        opens_on=clock.local_day(deed.received_at), engineer=command.engineer_id,
        slot=f"recheck-{source.id}-{number}", seed=seed, drawn_from=whole,
    )  # fmt: skip
    deed.create(Recheck, client=source.client_id, round=made, source=source,
                percent=command.percent)  # fmt: skip
    return made


def finished_by_others(source: Round, person_id: int) -> list[Stop]:
    """Finished stops in whose entries this person had no hand."""
    stops = with_entries(source.id, stops_of(source.id, None))
    return [
        stop for stop in stops
        if stop.done_at and stop.entries and person_id not in {e.person_id for e in stop.entries}
    ]  # fmt: skip
