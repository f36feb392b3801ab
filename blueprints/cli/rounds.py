import uuid

import click

from blueprints.cli.session import ACTOR, opened, told
from roundtag import commands, rounds


@click.group("rounds")
def command() -> None:
    """Close rounds."""


@command.command("close")
@click.argument("number", type=int)
def close(number: int) -> None:
    """Close a round (the number in its address); entries that come later are kept and marked."""
    with opened():
        told(commands.run(str(uuid.uuid4()), rounds.close_round, rounds.CloseRound(number), ACTOR))
