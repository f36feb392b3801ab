import json
import uuid
from pathlib import Path

import click

from blueprints.cli.session import ACTOR, opened, told
from blueprints.cli.session import gettext as _
from roundtag import addresses, clients, commands, printers, printing, printing_log, tagging
from roundtag.fields import Fields
from roundtag.tagging import TagLine, blanks
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
@click.option("--reason", type=click.Choice(tagging.REASONS), default=tagging.REASONS[0],
              show_default=True, help="What is wrong with the old label.")  # fmt: skip
@click.argument("code")
def replace(code: str, reason: str) -> None:
    """Give what a tag is on a fresh code; the old one leads on to it."""
    _do(tagging.replace_tag, tagging.ReplaceTag(code, reason))


def _do(verb: commands.Verb, order: object) -> None:
    with opened():
        told(commands.run(str(uuid.uuid4()), verb, order, ACTOR))


@command.command("blanks")
@click.option("--client", help="The client's code; without it the labels are for any client.")
@click.option("--note", help="What the batch is for.")
@click.argument("count", type=click.IntRange(1, blanks.MOST))
def make(count: int, client: str | None, note: str | None) -> None:
    """Make a numbered batch of blank tags."""
    with opened():
        key = clients.by_code(client, ACTOR).id if client else None
        order = tagging.MakeBlanks(count, key, note)
        told(commands.run(str(uuid.uuid4()), tagging.make_blanks, order, ACTOR))


@command.command("claim")
@click.option("--client", required=True, help="The client's code.")
@click.option("--device", help="The code of the device that the label is on.")
@click.option("--room", help="The code of the room at whose door the label is.")
@click.option("--replaces", help="The code of the label that it bears now and that ends.")
@click.argument("code")
def claim(code: str, client: str, device: str | None, room: str | None,
          replaces: str | None) -> None:  # fmt: skip
    """Bind a blank tag to a device or to a room."""
    if bool(device) == bool(room):
        raise click.UsageError("Give either --device or --room.")
    with opened():
        order = blanks.claim_of(code, clients.by_code(client, ACTOR).id, device, room, replaces)
        told(commands.run(str(uuid.uuid4()), tagging.claim_tag, order, ACTOR))


@command.command("lost")
@click.argument("codes", nargs=-1, required=True)
def lost(codes: tuple[str, ...]) -> None:
    """Mark tags as lost: they lead on, and the office is told when one is scanned."""
    _do(tagging.lose_tag, tagging.LoseTag(codes))


@command.command("found")
@click.argument("code")
def found(code: str) -> None:
    """Take a lost tag back into use."""
    _do(tagging.find_tag, tagging.FindTag(code))


@command.command("revoke")
@click.argument("codes", nargs=-1, required=True)
@click.confirmation_option(prompt="Revoked codes can never be used again. Go on?")
def revoke(codes: tuple[str, ...]) -> None:
    """End tags for good."""
    _do(tagging.revoke_tag, tagging.RevokeTag(codes))


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
        codes = [t.code for t in tagging.to_print(ACTOR, ()) if _is_wanted(t, kind, room)]
        if not codes:
            raise click.ClickException(_("No tag fits."))
        chosen = _printer(printer)
        usual = chosen.stock if chosen else printing.DEFAULT_STOCK
        pairs = [("stock", stock_name or usual), ("start", start), ("design", design),
                 ("printer", str(chosen.id) if chosen else ""),
                 ("file", "png" if png else "pdf")]  # fmt: skip
        order = printing.read(Fields([*pairs, *(("tag", code) for code in codes)]))
        printed = printing.sheet(order, ACTOR)
        printing_log.note(ACTOR, order.codes, order.stock, order.design, order.start)
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
