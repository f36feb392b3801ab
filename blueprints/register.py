"""Files into the register and out of it: hand in, look, accept; choose and download."""

import tempfile
from collections.abc import Iterator
from pathlib import PureWindowsPath
from typing import Any

from flask import Blueprint, redirect, request, send_file
from flask import Response as FlaskResponse
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import register
from roundtag.errors import Invalid, invalid
from roundtag.fields import Fields, clean
from roundtag.register import Choice, files, table
from roundtag.words import N_

blueprint = Blueprint("register", __name__, url_prefix="/register")
IMPORT = "/register/import"
MOST_FILES = 3
MARGIN = 1024 * 1024
ALL = "all"


@blueprint.get("/import")
def imports() -> Response:
    return _form(Typed())


def _form(form: Typed) -> Response:
    actor = door.actor()
    return pages.show(
        "register/import.html", nav="more", path=IMPORT, form=form,
        clients=register.pages.clients(actor), batches=register.pages.waiting(actor),
        submission_id=forms.posted_id(), most=MOST_FILES, limit=table.MAX_BYTES // 1_000_000,
    )  # fmt: skip


@blueprint.post("/import")
def hand_in() -> Response:
    """Stores the files and reads them, or has a job read them; shows what they would do."""
    request.max_content_length = MOST_FILES * table.MAX_BYTES + MARGIN
    try:
        uploads = [one for one in request.files.getlist("files") if one.filename]
        fields = Fields(request.form.items(multi=True))
        client = _client(fields)
        if not 0 < len(uploads) <= MOST_FILES:
            fields.refuse("files", "count", N_("Choose one to %(most)s files."), most=MOST_FILES)
        fields.done()
        listed = [_keep(upload) for upload in uploads]
    except Invalid as refused:
        return _form(forms.typed(refused))
    key = register.batches.open_batch(forms.posted_id(), client, listed, door.actor())
    return redirect(f"{IMPORT}/{key}", 303)


def _client(fields: Fields) -> int:
    known = [str(line.id) for line in register.pages.clients(door.actor())]
    chosen = fields.choice("client", known, required=N_("Choose a client."))
    return int(chosen) if chosen in known else 0


def _keep(upload: FileStorage) -> dict[str, object]:
    name = clean(PureWindowsPath(upload.filename or "").name)[-120:] or "file"
    try:
        return files.keep(name, upload.stream)
    except table.BadFile as bad:
        problem = bad.problem
        raise invalid("files", problem.code, problem.message, **problem.values) from bad


@blueprint.get("/import/<key>")
def batch(key: str) -> Response:
    """Where it stands: ?sort= and ?page= choose the lines; htmx asks again while a job works."""
    asked = Fields(request.args.items())
    shown = register.pages.page(key, door.actor(), asked.raw("sort"), asked.whole("page") or 1)
    return _batch(shown, Typed())


def _batch(shown: register.pages.BatchPage, form: Typed) -> Response:
    values: dict[str, Any] = {"batch": shown, "form": form, "submission_id": forms.posted_id(),
              "fields": register.pages.field_names(pages.language())}  # fmt: skip
    if pages.is_fragment():
        return pages.fragment("register/_batch.html", **values)
    return pages.show("register/batch.html", nav="more", path=f"{IMPORT}/{shown.id}", **values)


@blueprint.post("/import/<key>/mapping")
def choose(key: str) -> Response:
    """Reads the columns as chosen; the choice is kept for the next file with these headings."""
    fields = Fields(request.form.items(multi=True))
    shown = register.pages.page(key, door.actor())
    try:
        chosen = dict(_choices(shown, fields))
        fields.done()
    except Invalid as refused:
        return _batch(shown, forms.typed(refused))
    register.batches.choose(key, chosen, door.actor())
    return redirect(f"{IMPORT}/{key}", 303)


def _choices(shown: register.pages.BatchPage, fields: Fields) -> Iterator[tuple[str, Choice]]:
    for number, one in enumerate(shown.tables):
        kind = fields.raw(f"t{number}-kind")
        named = {
            heading.label: fields.raw(f"t{number}-c{place}")
            for place, heading in enumerate(one.headings)
        }
        for place, field in enumerate(named.values()):
            if not register.pages.is_field(kind, field):
                fields.refuse(f"t{number}-c{place}", "unknown", N_("Choose one of the list."))
        if kind not in {"", *register.pages.KINDS}:
            fields.refuse(f"t{number}-kind", "unknown", N_("Choose one of the list."))
        yield one.signature, Choice(kind, {name: to for name, to in named.items() if to})


@blueprint.post("/import/<key>/acceptance")
def accept(key: str) -> Response:
    """Writes all of it, or nothing and shows what has become different since."""
    digest = Fields(request.form.items()).raw("digest")
    register.batches.accept(key, forms.posted_id(), digest, door.actor())
    return redirect(f"{IMPORT}/{key}", 303)


@blueprint.get("/import/<key>/problems.csv")
def problems(key: str) -> Response:
    """Every bad cell as a list to work through."""
    words = {"problems": _("Error"), "warnings": _("Warning")}
    rows = [[_("Kind"), _("File"), _("Sheet"), _("Line"), _("Column"), _("Cell"), _("Cause"),
             _("Value")]]  # fmt: skip
    rows += [
        [words[one.sort], one.file, one.sheet, str(one.line or ""), one.column, one.cell,
         _(one.message, **one.values), one.value]
        for one in register.pages.problems(key, door.actor())
    ]  # fmt: skip
    answer = FlaskResponse(register.export.csv_text(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="roundtag-problems.csv"'
    return answer


@blueprint.get("/export")
def exports() -> Response:
    return _exports(Typed())


def _exports(form: Typed) -> Response:
    clients = register.pages.readable_clients(door.actor())
    return pages.show("register/export.html", nav="more", path="/register/export", form=form,
                      clients=clients)  # fmt: skip


@blueprint.get("/export/file")
def download() -> Response:
    """The file: ?client= its id, ?kind= rooms, devices, spares or all, ?format= csv or xlsx."""
    fields = Fields(request.args.items())
    try:
        order = _order(fields)
    except Invalid as refused:
        found = {e.field: _(e.message, **e.values) for e in refused.errors}
        return _exports(Typed(dict(request.args.items()), found))
    actor = door.actor()
    name = register.export.name(order, actor)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - it is sent, and closed with the answer
    register.export.write(out, order, actor)
    out.seek(0)
    return send_file(out, register.export.FORMATS[order.format], as_attachment=True,
                     download_name=name)  # fmt: skip


def _order(fields: Fields) -> register.export.Export:
    clients = [str(line.id) for line in register.pages.readable_clients(door.actor())]
    client = fields.choice("client", clients, required=N_("Choose a client."))
    kind = fields.choice("kind", [*register.pages.KINDS, ALL], required=N_("Choose what."))
    form = fields.choice("format", register.export.FORMATS) or "csv"
    if kind == ALL and form == "csv":
        fields.refuse("format", "sheets", N_("A CSV file holds one list. Choose a workbook."))
    fields.done()
    kinds = register.pages.KINDS if kind == ALL else (kind,)
    return register.export.Export(int(client or 0), kinds, form, pages.language())  # type: ignore[arg-type]
