"""The clients and the people, made through the product's own verbs: they are few."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from roundtag import clock, commands
from roundtag.access import SYSTEM
from roundtag.clients import AddClient, AddContract, add_client, add_contract
from roundtag.people import AddPerson, add_person
from roundtag.rounds import ensuring

SINCE = timedelta(days=400)
"""How long ago the contracts began and the devices were registered."""
ROLES = ("manager", "supervisor", "desk", "storekeeper", "admin")
NAMES = ("李建国", "张伟", "刘洋", "赵敏", "孙磊", "周婷", "吴刚", "郑洁")


@dataclass(frozen=True)
class Customer:
    """A client by its number from 1, and the keys that everything of it hangs on."""

    number: int
    id: int
    contract: int
    plan: int
    engineer: int
    since: datetime

    @property
    def code(self) -> str:
        return f"K{self.number:03}"


def manager(password: str) -> int:
    """The account that may do everything at the provider; its key."""
    grants = tuple((role, "provider", None) for role in ROLES)
    return run("person-manager", add_person, AddPerson("manager", "王丽华", password, grants))


def customer(number: int, password: str, now: datetime) -> Customer:
    """A client, its contract with a monthly plan, its engineer and its viewer. The accounts of the
    first are `engineer` and `client`, those of the others bear their number."""
    code, which = f"K{number:03}", "" if number == 1 else f"-{number}"
    client = run(f"client-{number}", add_client, AddClient(code, f"会务中心{number:03}"))
    since = now - SINCE
    order = AddContract(client, number=f"{code}-01", name="会议系统整体运维服务",
                        starts_on=clock.local_day(since),
                        ends_on=clock.local_day(now) + timedelta(days=330))  # fmt: skip
    contract = run(f"contract-{number}", add_contract, order)
    plan = run(f"plan-{number}", ensuring.plan_monthly, ensuring.MonthlyPlan(contract))
    people = {role: run(f"person-{role}-{number}", add_person, AddPerson(
        f"{role}{which}", NAMES[number % len(NAMES)], password, ((role, "client", client),)))
        for role in ("engineer", "client")}  # fmt: skip
    return Customer(number, client, contract, plan, people["engineer"], since)


def run(key: str, verb: commands.Verb, command: Any) -> int:
    """The key of what the verb made."""
    return int(commands.run(f"grown-{key}", verb, command, SYSTEM).subject_id or 0)


def months(now: datetime, back: int) -> list[date]:
    """The first days of this month and of so many before it, the oldest first."""
    count = now.year * 12 + now.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(count - back, count + 1)]
