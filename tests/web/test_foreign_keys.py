"""A client's person names what is another client's, everywhere that something can be named.

Client B is client A's mirror (tests/web/mirror.py): the same things at the same stage under other
keys, with a mark in every word. One person of A who holds every role there tries all forms with
B's keys in the address and in each field, and reads every page with them: nothing of B's changes,
nothing new hangs on it, and the mark is never shown.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from peewee import ForeignKeyField
from werkzeug.test import TestResponse

from roundtag import access
from roundtag.models import ALL, Fault, RoleRule
from roundtag.models.base import UtcField
from tests import world as worlds
from tests.web import foreign
from tests.web.conftest import SignIn
from tests.web.foreign import BODIES, NOBODYS, PATHS, Cell, Insider, Mirror
from tests.web.mirror import MARK, belongings, mirrored
from tests.web.phone import SYNC, phone
from tests.web.reading import Page
from tests.web.test_fuzz import Target
from tests.web.test_fuzz import wanted as wanted
from tests.world import World


@dataclass
class Siege:
    """Every form of A's, B in A's image, and who tries."""

    app: Flask
    forms: list[Target]
    mirror: Mirror
    insider: Insider
    both: Insider
    """Holds every role at A and audits B: reads there, and may write nothing."""


@pytest.fixture
def siege(app: Flask, world: World, other: World, wanted: list[Target], signed_in: SignIn) -> Siege:
    RoleRule.delete().execute()  # nobody here has a second factor
    mirror = mirrored(world, other)
    every = [(role, "client", world.client_id) for role in access.ROLES]
    worlds.person("insider", *every)
    worlds.person("both", *every, ("auditor", "client", other.client_id))
    theirs = belongings(other.client_id, (other.engineer.person_id, other.viewer.person_id))
    browsers = [signed_in(name) for name in ("insider", "both")]
    return Siege(app, wanted, mirror, *(Insider(one, theirs) for one in browsers))


def judged(by: Insider, cells: list[Cell], allowed: set[int], read: bool = False) -> None:
    for cell in cells:
        answer, harm = by.post(cell)
        assert harm == [], (cell.what, answer.status_code)
        assert answer.status_code in allowed, (cell.what, answer.status_code)
        assert read or MARK not in foreign.said(answer, cell), cell.what


def test_no_form_reaches_another_clients_row_by_its_address(siege: Siege) -> None:
    cells = foreign.once(foreign.in_paths(siege.app, siege.forms, siege.mirror))
    assert len(cells) > 90
    judged(siege.insider, cells, {403, 404})
    cells = [one for one in cells if not one.what.startswith("ledger.check")]  # for auditors
    judged(siege.both, cells, {303, 403, 404, 409, 422}, read=True)


IGNORED = {
    "inspections.create", "spares.swap", "faults.step", "scan.record_submit", "stocktakes.count",
    "storecounts.file_list", "bulk.edit_submit", "places.new_room_submit", "tags.make",
    "places.edit_room_submit", "device.move", "plans.create", "plans.save", "repairs.create",
    "scan.report", "attendees.relanguage", "attendees.helped",
}  # fmt: skip
"""Forms that take the rest of what was sent, and of the other client's key at most its text."""


def test_no_field_names_another_clients_row(siege: Siege) -> None:
    cells = foreign.once(foreign.in_bodies(siege.app, siege.forms, siege.mirror))
    assert len(cells) > 120
    for cell in cells:
        taken = {303, 200} if cell.what.split()[0] in IGNORED else set()
        judged(siege.insider, [cell], {403, 404, 409, 422} | taken)


# Mass assignment

SENTINEL, MOMENT, WORD = 31_337_007, "2001-02-03T04:05:06.000000Z", "massassigned"
MORE = {"author_id": SENTINEL, "user_id": SENTINEL, "is_admin": WORD, "admin": WORD, "status": WORD,
        "state": WORD, "stage": WORD, "scope_id": SENTINEL, "author": WORD,
        "via": WORD, "outcome": WORD}  # fmt: skip


def protected() -> dict[str, Any]:
    """Columns that no form may fill: whose a row is, when it was, how it stands."""
    found = dict(MORE)
    for model in ALL:
        for name, column in model._meta.fields.items():
            if isinstance(column, ForeignKeyField):
                found |= {f"{name}_id": SENTINEL, **({} if name in BODIES else {name: SENTINEL})}
            elif isinstance(column, UtcField):
                found[name] = MOMENT
    return found


FILLED_BY_PEOPLE = {"reported_at", "on_site_at", "responded_at", "restored_at", "scanned_at", "at"}
"""Times that some form asks for."""


def assigned(wrote: dict[str, str]) -> str:
    """What was written anywhere but where raw bodies are kept as they came."""
    return " ".join(values for table, values in wrote.items()
                    if table not in {"submission", "other_body"})  # fmt: skip


def traces(text: str) -> list[str]:
    return [one for one in (str(SENTINEL), MOMENT[:19], WORD) if one in text]


def test_no_form_assigns_what_is_not_its_own(siege: Siege) -> None:
    evil, tried = protected(), set()
    for target, endpoint, _ in foreign.routed(siege.app, siege.forms):
        if endpoint in tried:
            continue
        tried.add(endpoint)
        own = foreign.filled(target, endpoint, siege.mirror)
        more = {n: v for n, v in evil.items() if n not in target.form.names | FILLED_BY_PEOPLE}
        cell = Cell(target.form.action, {**own, **more}, endpoint)
        answer, _ = siege.insider.post(cell)
        assert answer.status_code < 500, endpoint
        assert traces(assigned(siege.insider.wrote)) == [], endpoint
    assert len(tried) > 130


def test_mass_assignment_would_be_noticed(world: World) -> None:
    """The test of the test: a column that was filled from a field of that name."""
    worlds.fault(world)
    with foreign.written() as wrote:
        Fault.update(remedy=WORD, resolved_at=MOMENT).execute()
    assert traces(assigned(wrote)) == [MOMENT[:19], WORD]


def test_no_envelope_assigns_what_is_not_its_own(world: World, engineer: FlaskClient) -> None:
    person = world.engineer.person_id
    for form, fields in (("fault", worlds.fault_form(world)),
                         ("inspection", worlds.check_form(world))):  # fmt: skip
        evil = {n: str(v) for n, v in protected().items() if n not in fields | {"scanned_at": 1}}
        sent = {**protected(), **phone(form, {**fields, **evil}, person)}
        with foreign.written() as wrote:
            answer = engineer.post(f"/sync/{sent['id']}", json=sent, headers=SYNC)
        assert answer.status_code in {201, 422}, answer.text
        assert traces(assigned(wrote)) == []
    assert Fault.select().count() == 1


# Reading

PLAIN = {"number": 1, "paper": "response", "kind": "pdf", "lang": "zh", "category": "projector",
         "occasion": "monthly", "name": "x.pdf", "part_id": 1, "substitute_id": 1, "stock_id": 1,
         "printer_id": 1, "article_id": 1, "notice_id": 1, "grant_id": 1, "key": "0" * 36,
         "secret": "unknown", "digest": "0" * 64, "submission_id": "0" * 36,
         "shipment_id": 1, "table": "fault_contact"}  # fmt: skip
ASKED = {"client": "client", "contract": "contract", "room": "room", "site": "site",
         "building": "building", "device": "device", "unit": "unit", "store": "store",
         "person": "person", "engineer": "person", "fault": "fault", "before": "history",
         "after": "device", "plan": "round_plan", "round": "round"}  # fmt: skip


def test_every_part_of_an_address_is_known(app: Flask) -> None:
    """A new part must say whose it is before its routes count as tried."""
    parts = {name for rule in app.url_map.iter_rules() for name in rule.arguments}
    assert parts == set(PATHS) | NOBODYS


def addresses(app: Flask, mirror: Mirror) -> dict[str, str]:
    """Every page by its endpoint, with B's keys wherever it takes any."""
    adapter, found = app.url_map.bind("localhost"), {}
    code = next(b for (table, _), b in mirror.keys.items() if table == "tag")
    theirs = {name: mirror.of(table, mirror.own(table)) or 999_999
              for name, table in PATHS.items()}  # fmt: skip
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(("/static", "/readyz")):
            values = {name: {**PLAIN, "code": code, **theirs}[name] for name in rule.arguments}
            found[f"{rule.endpoint} {rule.rule}"] = adapter.build(rule.endpoint, values, "GET")
    return found


def plain_text(answer: TestResponse) -> str:
    """An answer's words, also of a workbook or an archive."""
    if not answer.data.startswith(b"PK"):
        return answer.text if answer.mimetype != "application/pdf" else ""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def questions(path: str, page: str, mirror: Mirror) -> list[str]:
    """The page once more for each thing that it can be asked for, with a key of B's."""
    shown = Page(page)
    asked = {name for form in shown.forms if form.method == "get" for name in form.names}
    asked |= set(re.findall(r"[?&;](\w+)=", " ".join(a.get("href") for a in shown.all("a"))))
    return [f"{path.split('?')[0]}?{name}={mirror.of(ASKED[name], mirror.own(ASKED[name]))}"
            for name in sorted(asked & set(ASKED))]  # fmt: skip


def test_no_page_shows_a_word_of_another_client(siege: Siege) -> None:
    browser, shown, asked = siege.insider.browser, 0, []
    for path in addresses(siege.app, siege.mirror).values():
        siege.insider.stay()
        answer = browser.get(path)
        assert answer.status_code < 500, (path, answer.status_code)
        assert MARK not in plain_text(answer), path
        shown += answer.status_code == 200
        if answer.mimetype == "text/html" and answer.status_code == 200:
            asked += questions(path, answer.text, siege.mirror)
    part = MARK[1:]  # a search tells what it was asked for
    asked += [f"{page}?q={part}" for page in ("/devices", "/rooms", "/stock", "/articles")]
    for path in asked:
        siege.insider.stay()
        assert MARK not in plain_text(browser.get(path)), path
    assert shown > 60
    assert len(asked) > 20

    siege.both.stay()  # the test of the test: who may read B meets the mark on the same pages
    pages = addresses(siege.app, siege.mirror).values()
    met = [one for one in pages if MARK in plain_text(siege.both.browser.get(one))]
    assert len(met) > 40, met
