import uuid
from pathlib import Path

import click

from blueprints.cli.session import ACTOR, opened, told
from roundtag import checklists, commands


@click.group("checklist")
def command() -> None:
    """Carry checklists between installations as JSON files."""


@command.command("export")
@click.argument("category")
@click.argument("occasion")
def export(category: str, occasion: str) -> None:
    """Write the newest version to the standard output; CATEGORY may be `any`."""
    with opened():
        found = checklists.page(checklists.place(category, occasion)).version
        if found is None:
            raise click.ClickException("Nothing is published there yet.")
        click.echo(checklists.written(found), nl=False)


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def read_in(file: Path) -> None:
    """Begin a draft from a file; a person looks at it and publishes it."""
    with opened():
        order = checklists.read_file(file.read_text("utf-8"))
        told(commands.run(str(uuid.uuid4()), checklists.draft_checklist, order, ACTOR))
