from pathlib import Path

import click

from blueprints.cli.session import ACTOR, gettext, opened
from roundtag import clients, disk, register
from roundtag.register.pages import KINDS

_ = gettext


@click.command("export")
@click.option("--client", "code", help="Code of the client; may be left out when there is one.")
@click.option("--kind", type=click.Choice([*KINDS, "all"]), default="all", show_default=True,
              help="Which list; all of them only in a workbook.")  # fmt: skip
@click.option("--locale", type=click.Choice(["zh", "en"]), default="zh", show_default=True,
              help="Language of headings and names.")  # fmt: skip
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="The file to write: .xlsx or .csv.")  # fmt: skip
def command(code: str | None, kind: str, locale: str, output: Path) -> None:
    """Write rooms, devices or spares in the shape that `import` takes."""
    form = output.suffix.lower().removeprefix(".")
    if form not in register.export.FORMATS:
        raise click.UsageError(_("--output must end in .xlsx or .csv."))
    if kind == "all" and form == "csv":
        raise click.UsageError(_("A CSV file holds one list. Choose a --kind, or a workbook."))
    kinds = tuple(one for one in KINDS if kind in (one, "all"))
    with opened():
        client = clients.by_code(code, ACTOR)
        order = register.export.Export(client.id, kinds, form, locale)
        with disk.whole(output) as file:
            register.export.write(file, order, ACTOR)
    click.echo(_("%(file)s is written.", file=output))
