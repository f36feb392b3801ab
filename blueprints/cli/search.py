import click

from blueprints.cli.session import gettext as _
from blueprints.cli.session import opened
from roundtag import search


@click.group("search")
def command() -> None:
    """The index that devices and rooms are found by."""


@command.command("rebuild")
def rebuild() -> None:
    """Make the index anew from the register; it is never more than that."""
    with opened():
        count = search.rebuild()
    click.echo(_("Devices in the index: %(count)s.", count=count))
