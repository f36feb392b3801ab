from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, pages
from roundtag import clock, consumables
from roundtag.consumables import SPANS, kind_of, sheets

blueprint = Blueprint("consumables", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _wish() -> tuple[int | None, int]:
    """?client= and ?months=; what cannot be understood is left out."""
    span = request.args.get("months", SPANS[1], type=int)
    return pages.asked_key("client"), span if span in SPANS else SPANS[1]


def _report() -> consumables.Report:
    return consumables.report(door.actor(), *_wish(), clock.local_day(clock.now()))


def _tail(client: int | None, span: int, months: int = 0) -> str:
    pairs = {"client": client, "months": months or span}
    return urlencode({name: value for name, value in pairs.items() if value})


@blueprint.get("/consumables")
def show() -> Response:
    """What was used per month, kind and site."""
    client, span = _wish()
    return pages.show("consumables/show.html", nav="more", report=_report(), span=span,
                      spans=SPANS, tail=partial(_tail, client, span), kind=kind_of)  # fmt: skip


@blueprint.get("/consumables.csv")
def csv() -> Response:
    """By kind and site; ?by=device: by device."""
    by_device = request.args.get("by") == "device"
    return _file(sheets.csv_file(_report(), gettext, pages.both, by_device), "csv", "text/csv")


@blueprint.get("/consumables.xlsx")
def xlsx() -> Response:
    return _file(sheets.xlsx_file(_report(), gettext, pages.both), "xlsx", XLSX)


def _file(content: bytes, ending: str, kind: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="consumables.{ending}"'
    return response
