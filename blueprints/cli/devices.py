import uuid

import click

from blueprints.cli.session import ACTOR, opened, told
from roundtag import commands, devices


@click.group("devices")
def command() -> None:
    """Move and retire devices, and put them back in use."""


@command.command("move")
@click.option("--client", required=True, help="The client's code.")
@click.option("--room", required=True, help="The code of the room it goes to.")
@click.option("--position", default="", help="Where in the room.")
@click.option("--reason", help="Why, for the logbook.")
@click.argument("code")
def move(client: str, room: str, position: str, reason: str | None, code: str) -> None:
    """Put a device into another room; it keeps its tag and its history."""
    with opened():
        order = devices.MoveDevice(code, client, room, position, reason)
        told(commands.run(str(uuid.uuid4()), devices.move_device, order, ACTOR))


@command.command("retire")
@click.option("--client", required=True, help="The client's code.")
@click.option("--reason", help="Why, for the logbook.")
@click.option("--scrap", is_flag=True, help="Its unit is scrapped; without, it stays in its place.")
@click.argument("code")
def retire(client: str, reason: str | None, scrap: bool, code: str) -> None:
    """Take a device out of use."""
    with opened():
        order = devices.RetireDevice(code, client, reason, "scrap" if scrap else "stays")
        told(commands.run(str(uuid.uuid4()), devices.retire_device, order, ACTOR))


@command.command("reinstate")
@click.option("--client", required=True, help="The client's code.")
@click.option("--reason", help="Why, for the logbook.")
@click.argument("code")
def reinstate(client: str, reason: str | None, code: str) -> None:
    """Put a retired device back in use."""
    with opened():
        order = devices.ReinstateDevice(code, client, reason)
        told(commands.run(str(uuid.uuid4()), devices.reinstate_device, order, ACTOR))
