import json
import uuid
from pathlib import Path

import click

from blueprints.cli.session import ACTOR, opened, told
from blueprints.cli.session import gettext as _
from roundtag import addresses, commands, printers, printing, tagging
from roundtag.fields import Fields
from roundtag.tagging import TagLine
from tags import qr


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
              help="The file to write: a PDF, or with --png a picture or a ZIP.")  # fmt: skip
@click.option("--stock", "stock_name", help="The label stock (default: the printer's, or L7160).")
@click.option("--start", default="1", show_default=True,
              help="The first free label of the first sheet.")  # fmt: skip
@click.option("--kind", type=click.Choice(["room", "device"]), help="Only tags of this kind.")
@click.option("--room", help="Only the room of this code and its devices.")
@click.option("--design", type=click.Choice(printing.DESIGNS), default="usual", show_default=True,
              help="How much the labels of devices say.")  # fmt: skip
@click.option("--printer", help="Name of the printer whose error is undone.")
@click.option("--png", is_flag=True, help="Pictures of 1 bit per dot, for rolls.")
def sheet(output: Path, stock_name: str | None, start: str, kind: str | None, room: str | None,
          design: str, printer: str | None, png: bool) -> None:  # fmt: skip
    """Write a PDF of tags, ready to print at 100 %."""
    with opened():
        codes = [t.code for t in tagging.bound(ACTOR) if _is_wanted(t, kind, room)]
        if not codes:
            raise click.ClickException(_("No tag fits."))
        chosen = _printer(printer)
        usual = chosen.stock if chosen else printing.DEFAULT_STOCK
        pairs = [("stock", stock_name or usual), ("start", start), ("design", design),
                 ("printer", str(chosen.id) if chosen else ""),
                 ("file", "png" if png else "pdf")]  # fmt: skip
        order = printing.read(Fields([*pairs, *(("tag", code) for code in codes)]))
        printed = printing.sheet(order, ACTOR)
    output.write_bytes(printed.data)
    click.echo(_("%(count)s labels are in %(file)s.", count=printed.labels, file=output))
    _warn(printed)


def _printer(name: str | None) -> printers.PrinterLine | None:
    found = next((one for one in printers.everyone() if one.name == name), None)
    if name and found is None:
        raise click.ClickException(_("No printer is called %(name)s.", name=name))
    return found


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
