"""Forms of one client's person that name what is another client's: in the address, in a field, in
the name of a field, in a query."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from roundtag import clock
from roundtag.db import database
from roundtag.models import ALL, Base
from tests.web.mirror import MARK, Mirror, key_of, links_of
from tests.web.test_fuzz import Target

PATHS = {
    "room_id": "room", "device_id": "device", "building_id": "building", "site_id": "site",
    "round_id": "round", "contract_id": "contract", "stocktake_id": "stocktake",
    "count_id": "store_count", "fault_id": "fault", "finding_id": "finding",
    "entry_id": "inspection", "attachment_id": "attachment", "batch_id": "tag_batch",
    "lending_id": "lending", "loaner_id": "loaner", "swap_id": "swap", "software_id": "software",
    "plan_id": "round_plan", "exception_id": "calendar_exception", "meeting_id": "meeting",
    "approval_id": "approval", "document_id": "issued_document", "problem_id": "problem",
    "due_id": "fault_due", "repair_id": "repair_order", "quote_id": "quote",
    "log_id": "log", "store_id": "store", "unit_id": "unit",
    "slip_id": "stock_slip", "person_id": "person", "row_id": "fault_contact",
}  # fmt: skip
"""Parts of an address that name a client's row, with the row's table."""
NOBODYS = frozenset({
    "number", "paper", "kind", "lang", "category", "occasion", "name", "part_id", "substitute_id",
    "stock_id", "printer_id", "article_id", "notice_id", "grant_id", "key", "secret", "digest",
    "submission_id", "shipment_id", "code", "table",
})  # fmt: skip
"""Parts that name no client's row, or (code, key, secret, digest) one that cannot be guessed and
has tests of its own."""
BODIES: dict[str, tuple[tuple[str, str], ...]] = {
    "tag": (("tag", "code"),),
    "device": (("device", "id"),),
    "untagged": (("device", "id"),),
    "room": (("room", "id"), ("room", "code")),
    "rooms": (("room", "id"),), "rooms_too": (("room", "id"),), "place": (("room", "code"),),
    "buildings": (("building", "id"),), "building": (("building", "id"),),
    "sites": (("site", "id"),), "client": (("client", "id"),), "contract": (("contract", "id"),),
    "engineer": (("person", "id"),), "backup": (("person", "id"),),
    "owner": (("person", "username"),),
    "person": (("person", "id"),), "crew": (("person", "id"),),
    "event": (("fault_event", "id"),), "fault": (("fault", "id"),), "round": (("round", "id"),),
    "stocktake": (("stocktake", "id"),), "count": (("store_count", "id"),),
    "store": (("store", "id"),), "old_unit_store": (("store", "id"),), "unit": (("unit", "id"),),
    "order": (("repair_order", "id"),), "twin": (("fault", "number"),),
    "same": (("fault", "number"),),
    "problem": (("problem", "id"),), "new_serial": (("unit", "serial"),),
    "new_serial_typed": (("unit", "serial"),), "serials": (("unit", "serial"),),
    "backup_device": (("device", "code"),), "upto": (("notification", "id"),),
}  # fmt: skip
"""Fields that name a client's row, with the column that they name it by."""
NAMED = {"back": "round_device", "reason": "round_device", "outside": "device",
         "outside_fault": "device", "photo.outside": "device"}  # fmt: skip
"""Fields whose own names end with a row's key."""
WRITTEN = {"where=client:{client}": ("client",), "where=room:{room}": ("room",),
           "target=device:{device}": ("device",), "target=room:{room}": ("room",),
           "source={store}:1": ("store",)}  # fmt: skip
"""Fields that name a row together with its kind."""
COMPLETE: dict[str, dict[str, str]] = {
    "fault_office.dispatch": {"engineer": "@person"},
    "device.retire": {"unit_to": "store", "store": "@store"},
    "agenda.plan_meeting": {"room": "@room", "day": "{year}-01-04", "starts": "10:00",
                            "ends": "11:00", "name": "x"},
    "agenda.except_day": {"client": "@client", "day": "{year}-01-04", "kind": "off",
                          "reason": "x"},
    "rounds.share": {"room": "@room", "person": "@person"},
    "rounds.draw": {"engineer": "@person", "seed": "", "percent": "10"},
    "repairs.cancel": {"note": "x"}, "loaners.extend": {"due_on": "2100-01-01"},
    "storecounts.file_list": {"others": "X"}, "storecounts.create": {"store": "@store"},
    "repairs.buy": {"client": "@client", "specification": "x", "model": "@device_model"},
}  # fmt: skip
"""What some forms need besides, so that nothing but the other client's key is wrong with them;
@table stands for the key of a row of A's there."""

TABLES = {model._meta.table_name: model for model in ALL}


@dataclass(frozen=True)
class Cell:
    """One attack: what is sent where, and which part of it is another client's."""

    path: str
    data: dict[str, Any]
    what: str


def in_paths(app: Flask, wanted: list[Target], mirror: Mirror) -> Iterator[Cell]:
    """Each form to each address that names something of another client."""
    for target, endpoint, arguments in routed(app, wanted):
        theirs = {name: mirror.of(PATHS[name], value) for name, value in arguments.items()
                  if name in PATHS and mirror.of(PATHS[name], value)}  # fmt: skip
        for chosen in _combinations(theirs):
            path = app.url_map.bind("localhost").build(endpoint, {**arguments, **chosen}, "POST")
            yield Cell(path, filled(target, endpoint, mirror), f"{endpoint} {sorted(chosen)}")


def routed(app: Flask, wanted: list[Target]) -> Iterator[tuple[Target, str, dict[str, Any]]]:
    """Each form with the route that it is sent to."""
    adapter = app.url_map.bind("localhost")
    for target in wanted:
        endpoint, arguments = adapter.match(target.form.action.split("?", 1)[0], method="POST")
        yield target, str(endpoint), dict(arguments)


def _combinations(theirs: dict[str, Any]) -> list[dict[str, Any]]:
    single = [{name: value} for name, value in theirs.items()]
    return single + ([theirs] if len(theirs) > 1 else [])


def in_bodies(app: Flask, wanted: list[Target], mirror: Mirror) -> Iterator[Cell]:
    """Each form to its own address, with one field that names something of another client."""
    for target, endpoint, _ in routed(app, wanted):
        data, path = filled(target, endpoint, mirror), target.form.action
        for name in target.names:
            for value in _foreign(name, str(data.get(name, "")), mirror):
                yield Cell(path, {**data, name: value}, f"{endpoint} {name}={value}")
            other = _renamed(name, mirror)
            if other:
                what = f"{endpoint} {name.rpartition('.')[0]}.*"
                yield Cell(path, {**data, other: "1"}, what)


def once(cells: Iterator[Cell]) -> list[Cell]:
    """One cell of each kind."""
    return list({cell.what: cell for cell in cells}.values())


def _foreign(name: str, held: str, mirror: Mirror) -> Iterator[str]:
    for table, column in BODIES.get(name, ()):
        if column != "id":
            known = mirror.texts(table, column)
            if known:
                yield str(known.get(held) or next(iter(known.values())))
            continue
        keys = {a: b for (named, a), b in mirror.keys.items() if named == table}
        if keys:
            here = int(held) if held.isdigit() else 0
            yield str(keys.get(here) or next(iter(keys.values())))
    for written, tables in WRITTEN.items():
        if name == written.partition("=")[0]:
            theirs = {table: mirror.of(table, mirror.own(table)) for table in tables}
            yield written.partition("=")[2].format(**theirs)


def _renamed(name: str, mirror: Mirror) -> str | None:
    stem, _, key = name.rpartition(".")
    if stem not in NAMED or not key.isdigit():
        return None
    other = mirror.of(NAMED[stem], int(key))
    return f"{stem}.{other}" if other else None


def filled(target: Target, endpoint: str, mirror: Mirror) -> dict[str, Any]:
    """What is sent of the form when nothing is wrong with it."""
    year = clock.local_day(clock.now()).year + 1
    more = {name: str(mirror.own(value[1:])) if value.startswith("@") else value.format(year=year)
            for name, value in COMPLETE.get(endpoint, {}).items()}  # fmt: skip
    held = {**target.form.filled(), **target.good, **more}
    return {name: value for name, value in held.items() if name in target.names}


class Insider:
    """A browser whose every request is undone; nothing that an answer does to it lasts."""

    def __init__(self, browser: FlaskClient, theirs: set[tuple[str, Any]]) -> None:
        cookie = browser.get_cookie("roundtag")
        assert cookie is not None
        self.browser, self.secret, self.theirs = browser, cookie.value, theirs
        self.before = {model: rows(model) for model in TABLES.values()}
        self.wrote: dict[str, str] = {}
        """What the last request wrote, before it was undone: the values by table."""

    def stay(self) -> None:
        """The same session again, whatever the last answer did to the cookie."""
        self.browser.set_cookie("roundtag", self.secret)

    def post(self, cell: Cell) -> tuple[TestResponse, list[str]]:
        """The answer, and what it did to rows of the other client or hung on them."""
        with database.atomic() as undone, written() as self.wrote:
            self.stay()
            answer = self.browser.post(cell.path, data=cell.data,
                                       content_type="multipart/form-data")  # fmt: skip
            harm = [one for table in self.wrote for one in self._harm(TABLES[table])]
            undone.rollback()
        return answer, harm

    def _harm(self, model: type[Base]) -> Iterator[str]:
        was, now, table = self.before[model], rows(model), model._meta.table_name
        for key in [one for one in {*was, *now} if was.get(one) != now.get(one)]:
            if (table, key) in self.theirs:
                yield f"{table} {key} changed"
            for name, to in links_of(model).items():
                if key in now and (to, now[key][name]) in self.theirs:
                    yield f"{table}.{name} -> {to} {now[key][name]}"


def rows(model: type[Base]) -> dict[Any, dict[str, Any]]:
    return {key_of(model, row): row for row in model.select().dicts()}


STATEMENT = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


@contextmanager
def written() -> Iterator[dict[str, str]]:
    """Tables that statements inside the block write to, with the values that these bear."""
    found: dict[str, str] = {}
    real = database.obj.execute_sql

    def watching(sql: str, params: Any = None, *more: Any) -> Any:
        to = STATEMENT.match(sql)
        if to and to.group(1) in TABLES and to.group(1) != "session":
            found[to.group(1)] = f"{found.get(to.group(1), '')} {params}"
        return real(sql, params, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database.obj, "execute_sql", watching)
        yield found


def said(answer: TestResponse, cell: Cell) -> str:
    """The text of an answer without what was sent to it."""
    text = answer.text
    for sent in {cell.path, *map(str, cell.data.values())}:
        text = text.replace(sent, "") if MARK in sent else text
    return text
