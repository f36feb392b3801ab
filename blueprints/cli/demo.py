import os
import sys

import click

from blueprints.cli.session import gettext as _
from blueprints.cli.session import opened
from roundtag import clock, growing
from roundtag.supervisor import first_start


@click.command("demo")
@click.option("--devices", type=click.IntRange(1, 1_000_000), required=True,
              help="How many devices there will be.")  # fmt: skip
@click.option("--clients", type=click.IntRange(1, 999),
              help="Of how many clients (one for each 2,500 devices).")  # fmt: skip
@click.option("--history", type=click.IntRange(0, 100_000_000),
              help="Lines of the logbooks in all (50 for each device).")  # fmt: skip
@click.option("--photos", type=click.IntRange(0), default=0, show_default=True,
              help="How many checks have a photo; a paper comes with each hundred.")  # fmt: skip
@click.option("--seed", type=int, default=1, show_default=True,
              help="The same seed on the same moment gives the same content.")  # fmt: skip
def command(devices: int, clients: int | None, history: int | None, photos: int,
            seed: int) -> None:  # fmt: skip
    """Fill an EMPTY installation with a made-up one of any size, for trials and measurements.

    The accounts are manager, engineer, client; their password is ROUNDTAG_DEMO_PASSWORD or is
    shown. Tag codes can be guessed from the seed: print none of them.
    """
    password = os.environ.get(first_start.DEMO_PASSWORD) or first_start.new_password()
    with opened():
        size = growing.of(devices, clients, history, seed, clock.now())
        growing.grow(size, password, _told, photos)
    if not os.environ.get(first_start.DEMO_PASSWORD):
        click.echo(password)
    click.echo(_("The installation is filled."))


def _told(step: str, done: int, whole: int) -> None:
    print(f"{step} {done}/{whole}", file=sys.stderr, flush=True)
