"""What a contract aims at, beside what was reached: pass rate, availability, on time.

Pass rate: of the stops done, those that were in order or put right on the spot. On time: of the
stops that were done or whose due day is over, those done by that day. Availability: of the time
that the devices in use should have worked, what no open fault took away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from peewee import fn

from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound
from roundtag.fields import Fields
from roundtag.models import (
    Contract,
    ContractTarget,
    Fault,
    RoundDevice,
)
from roundtag.models.faults import OPEN_STATES
from roundtag.rounds.pages import RoundCard
from roundtag.rounds.stops import awaited
from roundtag.words import N_

PASS, AVAILABLE, ON_TIME = "pass_rate", "availability", "on_time"
CODES = (PASS, AVAILABLE, ON_TIME)
DEFAULT = 100.0
"""What the service plans promise; a contract may agree on something else."""


@dataclass(frozen=True)
class Figure:
    """A target and what was reached, both in percent; `actual` None where nothing can be said."""

    code: str
    target: float
    actual: float | None

    @property
    def met(self) -> bool | None:
        return None if self.actual is None else self.actual >= self.target


@dataclass(frozen=True)
class SetTargets:
    """`percent` by code; codes left out stay as they are."""

    contract_id: int
    percent: Mapping[str, float]


def read(form: Fields, contract_id: int) -> SetTargets:
    wanted = {code: form.decimal(code, 0, 100, DEFAULT) for code in CODES if form.raw(code)}
    for code in CODES:
        if code not in wanted:
            form.refuse(code, "required", N_("Give a percentage, for example 99.5."))
    form.done()
    return SetTargets(contract_id, wanted)


def set_targets(command: SetTargets, deed: Deed) -> Outcome:
    """Writes down what a contract aims at."""
    contract = Contract.get_or_none(Contract.id == command.contract_id)
    if contract is None:
        raise NotFound
    deed.require(contract.client_id)
    form = Fields([])
    for code, percent in command.percent.items():
        if code not in CODES or not 0 <= percent <= 100:
            form.refuse(code, "range", N_("Give a number from %(low)s to %(high)s."),
                        low=0, high=100)  # fmt: skip
    form.done()
    rows = {r.code: r for r in ContractTarget.select().where(ContractTarget.contract == contract)}
    for code, percent in sorted(command.percent.items()):
        _set(deed, contract, rows.get(code), code, percent)
    return Outcome(N_("The targets are set."), "/quality", subject_id=contract.id)


def _set(deed: Deed, contract: Contract, row: ContractTarget | None, code: str,
         percent: float) -> None:  # fmt: skip
    if row is None:
        deed.create(ContractTarget, client=contract.client_id, contract=contract, code=code,
                    percent=percent)  # fmt: skip
    elif row.percent != percent:
        deed.change(row, percent=percent)


def of_contracts(ids: Iterable[int]) -> dict[int, dict[str, float]]:
    """The targets of contracts, the agreed default where nobody set one; one query."""
    found = {key: dict.fromkeys(CODES, DEFAULT) for key in ids}
    rows = ContractTarget.select().where(ContractTarget.contract.in_(sorted(found)))
    for row in rows if found else []:
        found[row.contract_id][row.code] = row.percent
    return found


def of_round(card: RoundCard, today: date) -> list[Figure]:
    """A round's figures beside its contract's targets; three queries.

    Availability of a round: the share of its devices that no open fault stops at this moment.
    """
    wanted = of_contracts([card.contract_id])[card.contract_id]
    stops = RoundDevice.select(RoundDevice.device).where(
        (RoundDevice.round == card.id) & RoundDevice.device.is_null(False) & awaited()
    )
    faulty = Fault.device.in_(stops) & Fault.state.in_(OPEN_STATES)
    down = Fault.select(fn.COUNT(Fault.device.distinct())).where(faulty).scalar()
    devices = stops.count()
    progress = card.progress
    expected = progress.total if today > card.due_on else progress.done
    return [
        Figure(PASS, wanted[PASS], share(progress.done - progress.failed, progress.done)),
        Figure(AVAILABLE, wanted[AVAILABLE], share(devices - down, devices)),
        Figure(ON_TIME, wanted[ON_TIME], share(card.on_time, expected)),
    ]


def share(part: float, whole: float) -> float | None:
    """Percent with two decimals, cut off: 99.999 % is not 100 %."""
    return int(part * 10_000 / whole) / 100 if whole else None
