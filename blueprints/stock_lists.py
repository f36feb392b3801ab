from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, pages
from blueprints.stock import categories
from roundtag import catalogues, clock
from roundtag.storekeeping import plan, reorder, sheets

blueprint = Blueprint("stock_lists", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _plan() -> plan.Plan:
    """?client=; what cannot be understood is left out."""
    now = clock.now()
    return plan.of(door.actor(), pages.asked_key("client"), now, clock.local_day(now))


@blueprint.get("/stock/plan")
def show_plan() -> Response:
    return pages.show("stock/plan.html", nav="stock", plan=_plan(), categories=dict(categories()),
                      why=lambda need: sheets.why(need, gettext))  # fmt: skip


def _language() -> str:
    """?in= zh or en, else the reader's own."""
    asked = request.args.get("in", "")
    return asked if asked in pages.LANGUAGES else pages.language()


@blueprint.get("/stock/plan.xlsx")
def plan_xlsx() -> Response:
    language = _language()
    say = catalogues.of(language).gettext
    return _file(sheets.plan_file(_plan(), say, language), f"spares-plan-{language}")


@blueprint.get("/stock/reorder")
def show_reorder() -> Response:
    return pages.show("stock/reorder.html", nav="stock", list=reorder.page(door.actor()))


@blueprint.get("/stock/reorder.xlsx")
def reorder_xlsx() -> Response:
    say = catalogues.of(_language()).gettext
    return _file(sheets.reorder_file(reorder.page(door.actor()), say), "reorder")


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
