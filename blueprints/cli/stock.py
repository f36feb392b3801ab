import click

from blueprints.cli.session import gettext as _
from blueprints.cli.session import opened
from roundtag import stock
from roundtag.db import write


@click.group("stock")
def command() -> None:
    """What lies in the stores."""


@command.command("check")
def check() -> None:
    """Recompute what each store holds and where each unit is; exit 1 when anything differs."""
    with opened(), write():
        problems = stock.problems()
    for problem in problems:
        click.echo(problem)
    if problems:
        raise SystemExit(1)
    click.echo(_("Stores, units and movements agree."))
