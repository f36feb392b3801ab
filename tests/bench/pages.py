"""Every page that the application can show of a database, with examples of what is in it."""

import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from peewee import fn

from roundtag import models as m
from roundtag.db import database
from tests.seeing import count_queries

ARGUMENTS: dict[str, tuple[Any, Any]] = {
    "code": (m.Tag, m.Tag.device.is_null(False) & (m.Tag.state == "bound")),
    "article_id": (m.Article, None), "contract_id": (m.Contract, None),
    "device_id": (m.Device, None), "fault_id": (m.Fault, m.Fault.state == "closed"),
    "finding_id": (m.Finding, None), "entry_id": (m.Inspection, None), "log_id": (m.Log, None),
    "lending_id": (m.Lending, None), "loaner_id": (m.Loaner, None), "person_id": (m.Person, None),
    "building_id": (m.Building, None), "site_id": (m.Site, None), "problem_id": (m.Problem, None),
    "quote_id": (m.Quote, None), "repair_id": (m.RepairOrder, None),
    "document_id": (m.IssuedDocument, None), "room_id": (m.Room, None),
    "round_id": (m.Round, m.Round.closed_at.is_null()), "plan_id": (m.RoundPlan, None),
    "shipment_id": (m.Shipment, None), "slip_id": (m.StockSlip, m.StockSlip.kind == "use"),
    "software_id": (m.Software, None), "count_id": (m.StoreCount, None),
    "part_id": (m.DeviceModel, m.DeviceModel.tracking == "count"), "store_id": (m.Store, None),
    "stocktake_id": (m.Stocktake, None), "batch_id": (m.TagBatch, None),
    "printer_id": (m.Printer, None), "stock_id": (m.LabelStock, None), "unit_id": (m.Unit, None),
    "attachment_id": (m.Attachment, None), "approval_id": (m.Approval, None),
    "swap_id": (m.Swap, None),
}  # fmt: skip
ARGUMENT = re.compile(r"<(?:[^:>]+:)?(\w+)>")
FIXED = {"category": "projector", "occasion": "monthly", "paper": "work_order"}
WORDS = {
    "/devices?sort=serial", "/devices?sort=warranty&down=1", "/devices?q=E000007",
    "/devices?q=tyj+R00002", "/devices?q=话筒+R00003", "/devices?q=投影机", "/devices?state=fault",
    "/rooms?q=R00002", "/rooms?q=会议室", "/faults?state=closed", "/notices?unread=1",
    "/findings?state=settled", "/scan?code=E000007", "/articles?q=投影机",
}  # fmt: skip
"""What people search, sort and filter by."""
ELSEWHERE = re.compile(r"/sign-in|/pwa|/sw.js|/favicon|/offline|/manifest|/healthz|/static|/fake")
"""What shows nothing of the database."""
WHOLE = re.compile(r"\.(csv|xlsx|zip|pdf|txt|json)$|/file$|record\.|/pack$")
"""Files that hold all of something: they cost by the line."""

LONG = 1.0
"""Seconds from which one request tells enough."""


@dataclass(frozen=True)
class Cost:
    """Of one page: milliseconds of the processor, statements, bytes of the answer."""

    millis: float
    statements: int
    size: int


def examples() -> dict[str, Any]:
    """A row from the middle of each table, by the name of the argument that wants its key."""
    return {**FIXED, **{name: key for name, (model, where) in ARGUMENTS.items()
                        if (key := _middle(model, where)) is not None}}  # fmt: skip


def _middle(model: Any, where: Any) -> Any:
    key = model._meta.primary_key
    rows = model.select(key) if where is None else model.select(key).where(where)
    if name := {m.Round: "due_on"}.get(model):
        rows = rows.order_by(getattr(model, name).desc())
    elif model in (m.Device, m.Inspection, m.Unit):
        top = model.select(fn.MAX(key)).scalar() or 0
        rows = rows.where(key >= top // 2).order_by(key)
    else:
        rows = rows.order_by(key.desc())
    found = rows.limit(1).tuples().first()
    return found[0] if found else None


def paths(app: Flask, known: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(rule, path) of every page that an example can be shown of, and of WORDS."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        wanted = rule.arguments <= known.keys()
        if "GET" in (rule.methods or ()) and wanted and not ELSEWHERE.match(rule.rule):
            yield rule.rule, ARGUMENT.sub(lambda found: str(known[found.group(1)]), rule.rule)
    yield from ((path, path) for path in sorted(WORDS))


def cost(browser: FlaskClient, path: str, rounds: int) -> Cost | None:
    """Of the middle one of so many requests, after one that is not counted; of a long one, of the
    first. None where there is no page for this account."""
    start = time.process_time()
    with count_queries() as sent:
        answer = browser.get(path)
        size = len(answer.get_data())
    spent = [time.process_time() - start]
    if answer.status_code != 200:
        return None
    if rounds and spent[0] < LONG:
        spent = [_seconds(browser, path) for _ in range(rounds)]
    return Cost(1000 * statistics.median(spent), len(sent), size)


def _seconds(browser: FlaskClient, path: str) -> float:
    start = time.process_time()
    browser.get(path).get_data()
    return time.process_time() - start


def median(browser: FlaskClient, path: str, rounds: int) -> float:
    """Median seconds of the processor, after two requests that are not counted."""
    spent = [_seconds(browser, path) for _ in range(rounds + 2)][2:]
    assert browser.get(path).status_code == 200, path
    return statistics.median(spent)


def signed_in(app: Flask, username: str, password: str) -> FlaskClient:
    browser = app.test_client()
    with database.connection_context():
        m.SignInDelay.delete().execute()
    answer = browser.post("/sign-in", data={"username": username, "password": password})
    assert answer.status_code in (302, 303), answer.status_code
    return browser
