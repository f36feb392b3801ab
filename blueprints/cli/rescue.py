from pathlib import Path

import click

from blueprints.cli.session import ACTOR, opened
from blueprints.cli.session import gettext as _
from roundtag import rescue
from roundtag.words import N_

STATES = {
    "waiting": N_("would be taken in"),
    "received": N_("received"),
    "here": N_("already here"),
    "kept": N_("kept for the office to look at"),
    "refused": N_("refused"),
}


@click.command("rescue")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="Only tell what is inside; write nothing.")
def command(file: Path, preview: bool) -> None:
    """Take in a FILE of entries that a phone could not send; running it twice changes nothing."""
    with opened():
        found = rescue.read(file.read_bytes())
        lines = rescue.preview(found, ACTOR) if preview else rescue.take_in(found, ACTOR)
    for line in lines:
        click.echo(_sentence(line))
    if any(line.state == "refused" for line in lines):
        raise click.ClickException(_("Some entries were refused; the others are in."))


def _sentence(line: rescue.Line) -> str:
    words = [line.id, line.kind, line.where, line.who or "", _(STATES[line.state])]
    if line.state == "refused":
        words.append(_(line.message, **line.values))
    if line.missing:
        words.append(_("%(n)s photos are still on the phone", n=line.missing))
    return " · ".join(word for word in words if word)
