import click

from blueprints.cli.session import gettext as _
from blueprints.cli.session import opened
from roundtag import ledger


@click.group("ledger")
def command() -> None:
    """The append-only history of every change."""


@command.command("verify")
def verify() -> None:
    """Check every log for gaps, altered leaves and rows that differ; exit 1 when one is wrong."""
    with opened():
        sound = [_tell(name, key) for name, key in ledger.logs()]
    if not all(sound):
        raise SystemExit(1)


def _tell(name: str, client_id: int | None) -> bool:
    problems, size = ledger.verify(client_id), ledger.head(client_id)["size"]
    if not problems:
        click.echo(_("%(log)s: %(count)s leaves, all in order", log=name, count=size))
        return True
    click.echo(_("%(log)s: %(count)s leaves, NOT in order", log=name, count=size))
    for problem in problems:
        click.echo(f"  {problem}")
    return False
