import uuid
from datetime import date, datetime, timedelta

import click

from blueprints.cli.session import ACTOR, opened
from blueprints.cli.session import gettext as _
from roundtag import clients, clock, commands
from roundtag.db import write

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("clients")
def command() -> None:
    """Clients and their contracts."""


@command.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--contract", help="Number of the contract (default: CODE and the year).")
@click.option("--from", "starts", type=DAY, help="Its first day (default: today).")
@click.option("--until", "ends", type=DAY, help="Its last day (default: after a year).")
def add(
    code: str, name: str, contract: str | None, starts: datetime | None, ends: datetime | None
) -> None:
    """Add the client NAME under a short CODE, with a contract that its rounds belong to."""
    first = starts.date() if starts else clock.local_day(clock.now())
    last = ends.date() if ends else first + timedelta(days=364)
    with opened(), write():
        client_id = _client(code, name)
        _contract(client_id, contract or f"{code}-{first:%Y}", name, first, last)
    click.echo(_("%(name)s is registered.", name=name))


def _client(code: str, name: str) -> int:
    command = clients.AddClient(code, name)
    receipt = commands.run(str(uuid.uuid4()), clients.add_client, command, ACTOR)
    return int(receipt.subject_id or 0)


def _contract(client_id: int, number: str, name: str, first: date, last: date) -> None:
    command = clients.AddContract(client_id, number, name, first, last)
    commands.run(str(uuid.uuid4()), clients.add_contract, command, ACTOR)
