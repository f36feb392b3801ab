"""The demo: one client with its rooms, devices and spares, three accounts, this month's round.

It invents no past: history, rounds and movements begin on the day it is loaded.
"""

from datetime import date, timedelta
from pathlib import Path

from roundtag import clock, commands, demo_stock, installation, people, plans, register, rounds
from roundtag.access import SYSTEM
from roundtag.clients import AddClient, AddContract, add_client, add_contract
from roundtag.db import write
from roundtag.people import AddPerson, add_person

FOLDER = Path(__file__).resolve().parent.parent / "demo"
FILES = ("rooms.csv", "devices.csv", "spares.csv")
ENGINEER = "李建国"
MANAGES = ("manager", "supervisor", "desk", "storekeeper", "admin")


def load(password: str) -> bool:
    """Loads the demo in one transaction; all three accounts get `password`.

    Does nothing and returns False when anybody has an account already. Raises Invalid for a
    password that is too short.
    """
    with write():
        if people.any_exists():
            return False
        installation.begin()
        client_id = _client()
        contract_id = _contract(client_id)
        stores = demo_stock.open_stores(client_id)
        files = [(name, (FOLDER / name).read_bytes()) for name in FILES]
        register.submit(files, client_id, SYSTEM, "demo-register")
        engineer = _people(client_id, password)
        demo_stock.fill(stores, engineer, ENGINEER)
        order = plans.AddDefaultPlans(contract_id)
        commands.run("demo-plans", plans.add_default_plans, order, SYSTEM)
        rounds.ensure(clock.now())
    return True


def _client() -> int:
    command = AddClient("HHZ", "红河州政府会务中心", "Honghe Prefecture Conference Service Centre")
    receipt = commands.run("demo-client", add_client, command, SYSTEM)
    return int(receipt.subject_id or 0)


def _contract(client_id: int) -> int:
    """A year from today, so that the first round is due after it was opened."""
    starts = clock.local_day(clock.now())
    command = AddContract(
        client_id,
        number=f"HHZ-{starts:%Y}-01",
        name="红河州会议系统整体运维服务（演示）",
        starts_on=starts,
        ends_on=_year_later(starts) - timedelta(days=1),
    )
    receipt = commands.run("demo-contract", add_contract, command, SYSTEM)
    return int(receipt.subject_id or 0)


def _year_later(day: date) -> date:
    """The same day next year; the 1st of March for the 29th of February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def _people(client_id: int, password: str) -> int:
    """The three accounts; returns the engineer's key."""
    accounts = (
        ("engineer", ENGINEER, (("engineer", "client", client_id),)),
        ("manager", "王丽华", tuple((role, "provider", None) for role in MANAGES)),
        ("client", "陈敏", (("client", "client", client_id),)),
    )
    keys = {}
    for username, name, grants in accounts:
        command = AddPerson(username, name, password, grants)
        keys[username] = commands.run(f"demo-person-{username}", add_person, command, SYSTEM)
    return int(keys["engineer"].subject_id or 0)
