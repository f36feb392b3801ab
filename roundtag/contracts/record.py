"""What was agreed (A7): term, who pays for parts, rates, targets, free hours, the time after."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from roundtag import clock, days, dues
from roundtag.access import RATE_READERS, Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.contracts.found import contract_for, contract_seen
from roundtag.errors import invalid
from roundtag.fields import Fields
from roundtag.models import Client, Contract
from roundtag.words import N_

PAYERS = {
    "provider": N_("The provider"),
    "client": N_("The client"),
    "shared": N_("The provider up to a limit, the client above it"),
}
AFTER_END = {
    "none": N_("None"),
    "phone": N_("By phone"),
    "remote": N_("By phone and remotely"),
    "on_site": N_("On site too"),
}
RATES = {
    "labour_hour": N_("Labour, per hour"),
    "night_hour": N_("Labour at night and on days off, per hour"),
    "visit": N_("Visit on site"),
}
TARGETS = {
    "availability": N_("Systems usable"),
    "in_time": N_("Deadlines kept"),
    "connection": N_("Hotline calls answered"),
    "satisfaction": N_("Satisfaction"),
}
MONEY = 10_000_000.0
REPAIR_DAYS = {
    "home": (N_("Repair at home"), 10),
    "abroad": (N_("Repair abroad"), 20),
}
"""Working days from the client's confirmation, where nothing else was agreed."""
LONGEST_REPAIR = 366
DUES = {code: (kind.words, kind.term) for code, kind in dues.KINDS.items() if kind.term}
"""What a fault owes and until when, where nothing else was agreed."""


@dataclass(frozen=True)
class EditContract:
    """`seen`: the digest of the record that the form had shown."""

    contract_id: int
    name: str
    starts_on: date
    ends_on: date
    zone: str
    terms: dict[str, Any]
    seen: str = ""


def edit_contract(command: EditContract, deed: Deed) -> Outcome:
    """Changes the record; what somebody else changed meanwhile is shown and not overwritten."""
    contract = contract_for(command.contract_id, deed)
    if command.ends_on <= command.starts_on:
        raise invalid("ends_on", "order", N_("The end must come after the start."))
    _check_zone(command.zone)
    url = f"/contracts/{contract.id}"
    if command.seen != digest(contract):
        return Outcome(N_("Somebody else has changed this contract since. Look at it first."),
                       url=url, state="conflict", subject_id=contract.id)  # fmt: skip
    deed.change(contract, name=command.name, starts_on=command.starts_on, ends_on=command.ends_on,
                zone=command.zone, terms={**contract.terms, **command.terms})  # fmt: skip
    return Outcome(N_("The contract is saved."), url=url, subject_id=contract.id)


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as bad:
        raise invalid("zone", "unknown", N_("Give a time zone such as Asia/Shanghai.")) from bad


def digest(contract: Contract) -> str:
    """What tells two states of a contract's record apart."""
    state = [contract.name, contract.starts_on.isoformat(), contract.ends_on.isoformat(),
             contract.zone, contract.terms]  # fmt: skip
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:16]


def read_terms(form: Fields, contract_id: int) -> EditContract:
    name = form.text("name", required=N_("Give the contract a name."), limit=120)
    starts = days.read(form, "starts_on", required=N_("Say when it begins."))
    ends = days.read(form, "ends_on", required=N_("Say when it ends."))
    zone = form.text("zone", required=N_("Give a time zone such as Asia/Shanghai."), limit=60)
    terms = {
        "parts": form.choice("parts", PAYERS) or "",
        "parts_limit": _amount(form, "parts_limit", MONEY),
        "currency": form.text("currency", limit=8) or "CNY",
        "rates": {key: _amount(form, f"rate.{key}", MONEY) for key in RATES},
        "targets": {key: _amount(form, f"target.{key}", 100) for key in TARGETS},
        "dues": {code: _time(form, code) for code in DUES},
        "repair_days": {place: _days(form, f"repair.{place}") for place in REPAIR_DAYS},
        "free_hours": _amount(form, "free_hours", 10_000),
        "after_end": form.choice("after_end", AFTER_END) or "",
        "after_months": _amount(form, "after_months", 240),
        "after_note": form.text("after_note", limit=500) or "",
        "hotline": form.text("hotline", limit=60) or "",
        "hotline_backup": form.text("hotline_backup", limit=120) or "",
    }
    form.done()
    return EditContract(contract_id, name or "", starts or date.min, ends or date.min, zone or "",
                        terms, form.raw("seen"))  # fmt: skip


def _amount(form: Fields, name: str, high: float) -> float | None:
    """None where nothing was agreed."""
    return form.decimal(name, 0, high) if form.raw(name) else None


def _time(form: Fields, code: str) -> int | None:
    """Hours or days, as the kind of due is counted; None where nothing was agreed."""
    name, high = f"due.{code}", dues.most(code)
    value = form.whole(name)
    if value is not None and not 0 < value <= high:
        message = N_("Give a number from %(low)s to %(high)s.")
        form.refuse(name, "range", message, low=1, high=high)
    return value


def _days(form: Fields, name: str) -> int | None:
    value = form.whole(name)
    if value is not None and not 0 < value <= LONGEST_REPAIR:
        message = N_("Give a number from %(low)s to %(high)s.")
        form.refuse(name, "range", message, low=1, high=LONGEST_REPAIR)
    return value


@dataclass(frozen=True)
class ContractLine:
    id: int
    number: str
    name: str
    client: str
    starts_on: date
    ends_on: date
    runs: bool


@dataclass(frozen=True)
class ContractPage:
    line: ContractLine
    client_id: int
    zone: str
    terms: dict[str, Any]
    seen: str
    may_edit: bool
    sees_rates: bool

    @property
    def years(self) -> float:
        """The term, to a tenth of a year."""
        return round(((self.line.ends_on - self.line.starts_on).days + 1) / 365.25, 1)


def listed(actor: Actor) -> list[ContractLine]:
    """The contracts in view, the running ones first."""
    query = Contract.select(Contract, Client).join(Client).order_by(Contract.number)
    today = clock.local_day(clock.now())
    lines = [_line(row, today) for row in visible(actor, query, Contract.client)]
    return sorted(lines, key=lambda line: not line.runs)


def _line(row: Contract, today: date) -> ContractLine:
    runs = row.starts_on <= today <= row.ends_on
    return ContractLine(row.id, row.number, row.name, row.client.name, row.starts_on, row.ends_on,
                        runs)  # fmt: skip


def page(contract_id: int, actor: Actor) -> ContractPage:
    """Raises NotFound."""
    row = contract_seen(contract_id, actor)
    sees = actor.system or bool(RATE_READERS & actor.roles_at(row.client_id))
    return ContractPage(_line(row, clock.local_day(clock.now())), row.client_id, row.zone,
                        row.terms if sees else _without_money(row.terms), digest(row),
                        actor.may("edit_contract", row.client_id), sees)  # fmt: skip


def _without_money(terms: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in terms.items()
            if name not in ("rates", "parts_limit", "currency")}  # fmt: skip
