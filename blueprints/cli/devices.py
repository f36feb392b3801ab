import uuid

import click

from blueprints.cli.session import ACTOR, opened, told
from roundtag import commands, devices


@click.group("devices")
def command() -> None:
    """Move and retire devices."""


@command.command("move")
@click.option("--client", required=True, help="The client's code.")
@click.option("--room", required=True, help="The code of the room it goes to.")
@click.option("--position", default="", help="Where in the room.")
@click.argument("code")
def move(client: str, room: str, position: str, code: str) -> None:
    """Put a device into another room; it keeps its tag and its history."""
    with opened():
        order = devices.MoveDevice(code, client, room, position)
        told(commands.run(str(uuid.uuid4()), devices.move_device, order, ACTOR))


@command.command("retire")
@click.option("--client", required=True, help="The client's code.")
@click.argument("code")
def retire(client: str, code: str) -> None:
    """Take a device out of use."""
    with opened():
        order = devices.RetireDevice(code, client)
        told(commands.run(str(uuid.uuid4()), devices.retire_device, order, ACTOR))
