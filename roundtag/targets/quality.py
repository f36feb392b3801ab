"""A contract's figures month by month."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from roundtag import clock
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import Client, Contract, Round, tuples
from roundtag.rounds import figures
from roundtag.rounds.figures import Figures
from roundtag.targets.outages import Outages, outages
from roundtag.targets.setting import AVAILABLE, ON_TIME, PASS, Figure, of_contracts, share

MONTHS = 6
PAGE = 12
"""Contracts that a page tells of."""
_Due = tuple[date, Figures]
"""A round: when it is due, and its figures."""


@dataclass(frozen=True)
class Month:
    """A contract's figures of a month; rounds belong to the month in which they are due."""

    first: date
    rounds: int
    figures: list[Figure]


@dataclass(frozen=True)
class Quality:
    contract_id: int
    client_id: int
    contract: str
    client: str
    targets: dict[str, float]
    months: list[Month]


def quality(actor: Actor, now: datetime, skip: int = 0) -> list[Quality]:
    """A page of the running contracts in view, behind so many others, and one more where there are
    more; with their last six months, the newest first. Seven queries."""
    query = Contract.select(Contract, Client).join(Client).order_by(Client.code, Contract.number)
    today = clock.local_day(now)
    running = query.where((Contract.starts_on <= today) & (Contract.ends_on >= today))
    shown = visible(actor, running, Contract.client).limit(PAGE + 1).offset(skip)
    contracts = list(shown)
    months = _months(today)
    done = _done(contracts, months[-1])
    downs = outages({contract.client_id for contract in contracts}, months[-1], now)
    wanted = of_contracts(contract.id for contract in contracts)
    return [
        Quality(
            contract.id, contract.client_id, contract.name, contract.client.name,
            wanted[contract.id],
            [_month(first, contract, wanted[contract.id], done, downs, now) for first in months],
        )
        for contract in contracts
    ]  # fmt: skip


def contract_of(actor: Actor, contract_id: int) -> Contract:
    """Raises NotFound for contracts out of view."""
    query = Contract.select().where(Contract.id == contract_id)
    found: Contract | None = visible(actor, query, Contract.client).first()
    if found is None:
        raise NotFound
    return found


def _months(today: date) -> list[date]:
    first, found = today.replace(day=1), []
    for _ in range(MONTHS):
        found.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    return found


@dataclass
class _Tally:
    rounds: int = 0
    done: int = 0
    failed: int = 0
    expected: int = 0
    on_time: int = 0


def _done(contracts: list[Contract], first: date) -> dict[tuple[int, date], list[_Due]]:
    """The rounds due since `first` by contract and month, each with its figures; three queries at
    most."""
    since = Round.contract.in_([one.id for one in contracts]) & (Round.due_on >= first)
    known = figures.of(since)
    found: dict[tuple[int, date], list[_Due]] = {}
    for key, contract, due_on in tuples(Round.select(Round.id, Round.contract, Round.due_on)
                                        .where(since)):  # fmt: skip
        if known[key].total:
            found.setdefault((contract, due_on.replace(day=1)), []).append((due_on, known[key]))
    return found


def _tally(rows: list[_Due], today: date) -> _Tally:
    tally = _Tally(rounds=len(rows))
    for due_on, found in rows:
        tally.failed += found.failed
        tally.done += found.done
        tally.expected += found.total if due_on < today else found.done
        tally.on_time += found.on_time
    return tally


def _month(first: date, contract: Contract, wanted: dict[str, float],
           done: dict[tuple[int, date], list[_Due]], downs: Outages,
           now: datetime) -> Month:  # fmt: skip
    today = clock.local_day(now, contract.zone)
    tally = _tally(done.get((contract.id, first), []), today)
    return Month(first, tally.rounds, [
        Figure(PASS, wanted[PASS], share(tally.done - tally.failed, tally.done)),
        Figure(AVAILABLE, wanted[AVAILABLE], downs.available(contract, first, now)),
        Figure(ON_TIME, wanted[ON_TIME], share(tally.on_time, tally.expected)),
    ])  # fmt: skip
