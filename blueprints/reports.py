"""Reports of rounds: looked at, drafted, issued, fetched."""

from pathlib import Path
from urllib.parse import quote

from flask import Blueprint, redirect, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import attendees, door, forms, pages
from blueprints.forms import Typed
from roundtag import acceptance, clients, commands, fault_papers, reports
from roundtag.errors import Invalid, NotFound
from roundtag.fields import Fields

blueprint = Blueprint("reports", __name__)


@blueprint.get("/rounds/<int:round_id>/report")
def show(round_id: int) -> Response:
    return _show(round_id, Typed())


def _show(round_id: int, form: Typed) -> Response:
    """The report as its records say now, beside what was issued of it."""
    actor = door.actor()
    panel = acceptance.panel(round_id, actor)
    report = reports.of_round(round_id, actor)
    issued = reports.listed(actor, reports.Filter(round_id=round_id))
    return pages.show(
        "reports/show.html", nav="reports", panel=panel, report=report, issued=issued, form=form,
        digest=report.digest, path=f"/rounds/{round_id}/report", submission_id=forms.page_id(),
        runs=reports.runs_of(round_id) if panel.may_report else [], fresh=forms.fresh_id,
        may={deed: actor.may(deed, panel.client_id)
             for deed in ("draft_report", "issue_report", "remark_on_report")},
        record=reports.NAMED.get(report.occasion, reports.NAMED["monthly"]),
    )  # fmt: skip


@blueprint.post("/rounds/<int:round_id>/report/remarks")
def remark(round_id: int) -> Response:
    actor = door.actor()
    acceptance.panel(round_id, actor)
    try:
        order = reports.read_remark(Fields(request.form.items(multi=True)), round_id)
        receipt = commands.run(forms.posted_id(), reports.remark_on_report, order, actor)
    except Invalid as refused:
        return _show(round_id, forms.typed(refused))
    return forms.done(receipt)


@blueprint.post("/rounds/<int:round_id>/report/draft")
def order(round_id: int) -> Response:
    return _order(round_id, "draft")


@blueprint.post("/rounds/<int:round_id>/report/issue")
def issue(round_id: int) -> Response:
    return _order(round_id, "issue")


def _order(round_id: int, purpose: str) -> Response:
    try:
        key = reports.order(round_id, purpose, door.actor())
    except Invalid as refused:
        return _show(round_id, forms.typed(refused, "round"))
    return redirect(f"/reports/runs/{key}", 303)


@blueprint.get("/reports/runs/<key>")
def run(key: str) -> Response:
    """How far a report is; asks again by itself until it is ready."""
    found = reports.one(key, door.actor())
    problem = _(found.problem, **found.values) if found.problem else ""
    if pages.is_fragment():
        return pages.fragment("reports/_run.html", run=found, problem=problem)
    return pages.show("reports/run.html", nav="reports", run=found, problem=problem)


@blueprint.get("/reports/runs/<key>/<name>")
def draft(key: str, name: str) -> Response:
    return _file(reports.draft_file(key, name, door.actor()), name)


@blueprint.get("/rounds/<int:round_id>/record.<lang>.<kind>")
def record(round_id: int, lang: str, kind: str) -> Response:
    """The round's record under its own name: 巡检记录表, 设备养护记录表, 检测登记表 …"""
    name, data = reports.record_file(round_id, lang, kind, door.actor())
    response = Response(data, mimetype=reports.MIMES[kind])
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    return response


@blueprint.get("/reports")
def index() -> Response:
    actor = door.actor()
    wanted = reports.Filter(
        Fields(request.args.items()).whole("client"), request.args.get("occasion", ""),
        request.args.get("year", ""), request.args.get("q", "").strip()[:40])  # fmt: skip
    found, _chosen = clients.choose(actor, None)
    return pages.show("reports/index.html", nav="reports", documents=reports.listed(actor, wanted),
                      wanted=wanted, clients=found, occasions=list(reports.NAMED),
                      papers=[(one, *reports.title_of(one)) for one in reports.PAPERS])  # fmt: skip


@blueprint.get("/reports/<int:document_id>")
def document(document_id: int) -> Response:
    """An issued document; tells whether the records still say the same."""
    actor = door.actor()
    found = reports.document(document_id, actor)
    return pages.show("reports/document.html", nav="reports", document=found,
                      now=_digest_now(found), base=f"/reports/{found.id}/")  # fmt: skip


def _digest_now(found: reports.Document) -> str:
    """The digest of the records of this moment; empty where the document is about none of ours."""
    if found.round_id:
        return reports.of_round(found.round_id, door.actor()).digest
    if found.fault_id:
        kind = found.kind.removeprefix("fault-")
        return fault_papers.paper(found.fault_id, kind, door.actor()).digest
    return ""


@blueprint.get("/reports/<int:document_id>/<name>")
def file(document_id: int, name: str) -> Response:
    _one, path = reports.file_of(reports.document(document_id, door.actor()), name)
    return _file(path, name)


@blueprint.get("/d/<secret>")
@door.limiter.limit(attendees.PATHS)
def by_link(secret: str) -> Response:
    try:
        found = reports.by_link(secret)
    except NotFound:
        return attendees.unknown("link")
    return pages.show("reports/document.html", chrome="public", document=found, now="",
                      base=f"/d/{secret}/")  # fmt: skip


@blueprint.get("/d/<secret>/<name>")
@door.limiter.limit(attendees.PATHS)
def file_by_link(secret: str, name: str) -> Response:
    _one, path = reports.file_of(reports.by_link(secret), name)
    return _file(path, name)


def _file(path: Path, name: str) -> Response:
    """PDF opens in the browser, the others are saved; read in pieces."""
    kind = name.rsplit(".", 1)[-1]
    return send_file(path, mimetype=reports.MIMES[kind], download_name=name,
                     as_attachment=kind != "pdf", max_age=0)  # fmt: skip
