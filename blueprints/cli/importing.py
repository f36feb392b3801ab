from collections.abc import Iterable
from pathlib import Path

import click

from blueprints.cli.session import ACTOR, opened
from blueprints.cli.session import gettext as _
from roundtag import clients, register
from roundtag.register import ANY, LEFT_OUT, Choice, Problem, Refused

Choices = dict[str, Choice]


@click.command("import")
@click.argument("files", nargs=-1, required=True,
                type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--client", "code", help="Code of the client; may be left out when there is one.")
@click.option("--map", "maps", multiple=True, metavar="HEADING=FIELD",
              help="Read a column as this field, by any of its names; - leaves out.")  # fmt: skip
@click.option("--preview", is_flag=True, help="Only tell what would change; write nothing.")
def command(files: tuple[Path, ...], code: str | None, maps: tuple[str, ...],
            preview: bool) -> None:  # fmt: skip
    """Import rooms, devices and spares from CSV or XLSX FILES: all of them, or nothing."""
    chosen = {ANY: Choice(fields=dict(map(_pair, maps)))} if maps else {}
    with opened():
        client = clients.by_code(code, ACTOR)
        given = [(path.name, path.read_bytes()) for path in files]
        try:
            do = _show_preview if preview else _import
            do(given, client.id, chosen)
        except Refused as refused:
            _show(refused.problems)
            raise click.ClickException(_(refused.message, **refused.values)) from refused


def _pair(text: str) -> tuple[str, str]:
    heading, sign, name = text.rpartition("=")
    field = LEFT_OUT if name == LEFT_OUT else register.pages.field_of(name)
    if not sign or not field:
        names = ", ".join(register.pages.all_fields())
        raise click.UsageError(_("--map takes HEADING=FIELD, with one of: %(names)s", names=names))
    return register.folded(heading), field


def _import(files: list[tuple[str, bytes]], client_id: int, chosen: Choices) -> None:
    report = register.submit(files, client_id, ACTOR, chosen=chosen)
    _show(report.warnings)
    _show_counts(report.counts)


def _show_preview(files: list[tuple[str, bytes]], client_id: int, chosen: Choices) -> None:
    seen = register.preview(files, client_id, ACTOR, chosen)
    _show(seen.warnings)
    if seen.problems:
        raise Refused(seen.problems)
    _show_counts(seen.plan.counts())
    click.echo(_("Only looked at; nothing was written."))


def _show_counts(counts: register.Counts) -> None:
    names = {"rooms": _("rooms"), "devices": _("devices"), "spares": _("spares")}
    for kind, fates in counts.items():
        told = _("%(create)s created, %(update)s updated, %(unchanged)s unchanged", **fates)
        click.echo(f"{names[kind]}: {told}")


def _show(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(_sentence(problem), err=True)


def _sentence(problem: Problem) -> str:
    """File, sheet, line or cell, column, cause and the value, as far as each is known."""
    where = [problem.file]
    if problem.sheet:
        where.append(problem.sheet)
    if problem.cell:
        where.append(problem.cell)
    elif problem.line:
        where.append(_("line %(line)s", line=problem.line))
    if problem.column:
        where.append(_("column %(column)s", column=problem.column))
    value = f" [{problem.shown}]" if problem.value else ""
    return ", ".join(where) + ": " + _(problem.message, **problem.values) + value
