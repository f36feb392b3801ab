import json
import uuid
from pathlib import Path

import click

from blueprints.cli.session import ACTOR, opened, told
from blueprints.cli.session import gettext as _
from roundtag import addresses, commands, printing, tagging
from roundtag.tagging import TagLine
from tags import qr, stock


@click.group("tags")
def command() -> None:
    """List and print the tags of rooms and devices."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts: code, kind, name, url.")
def list_tags(as_json: bool) -> None:
    """Every bound tag, each room before its devices."""
    with opened():
        base = addresses.base_url()
        rows = [
            {"code": t.code, "kind": t.kind, "name": t.name, "url": qr.address(base, t.code)}
            for t in tagging.bound(ACTOR)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo("\t".join(row.values()))


@command.command("replace")
@click.argument("code")
def replace(code: str) -> None:
    """Give what a tag is on a fresh code; the old one leads on to it."""
    with opened():
        order = tagging.ReplaceTag(code)
        told(commands.run(str(uuid.uuid4()), tagging.replace_tag, order, ACTOR))


@command.command("sheet")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="The PDF to write.")  # fmt: skip
@click.option("--stock", "stock_name", type=click.Choice(stock.names()), show_default=True,
              default=printing.DEFAULT_STOCK, help="The label sheet.")  # fmt: skip
@click.option("--start", type=click.IntRange(1), default=1, show_default=True,
              help="The first free label of the first sheet.")  # fmt: skip
@click.option("--kind", type=click.Choice(["room", "device"]), help="Only tags of this kind.")
@click.option("--room", help="Only the room of this code and its devices.")
def sheet(output: Path, stock_name: str, start: int, kind: str | None, room: str | None) -> None:
    """Write a PDF of tags, ready to print at 100 %."""
    with opened():
        codes = tuple(t.code for t in tagging.bound(ACTOR) if _is_wanted(t, kind, room))
        if not codes:
            raise click.ClickException(_("No tag fits."))
        printed = printing.sheet(printing.PrintSheet(codes, stock_name, start), ACTOR)
    output.write_bytes(printed.pdf)
    click.echo(_("%(count)s labels are in %(file)s.", count=printed.labels, file=output))
    _warn(printed)


def _is_wanted(tag: TagLine, kind: str | None, room: str | None) -> bool:
    return kind in (None, tag.kind) and room in (None, tag.room_code)


def _warn(printed: printing.Printed) -> None:
    if printed.missing:
        signs = "".join(sorted(printed.missing))
        click.echo(_("The font lacks these characters: %(signs)s", signs=signs), err=True)
    if addresses.is_trial():
        words = _("These tags lead to %(address)s and are for trials only. "
                  "Set BASE_URL to a public https address before you print for good.",
                  address=addresses.base_url())  # fmt: skip
        click.echo(words, err=True)
