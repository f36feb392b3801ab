"""The board with 1,000 open faults, beside a bare page with the same queries and bytes; and what a
refresh costs when nothing has changed."""

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from roundtag import clock, db, faults
from roundtag.models import Client, Contract, Fault, FaultEvent, Room
from tests.bench.measure import Figure, in_turn, millis, queries, ratio

FAULTS, EVENTS = 1000, 8
PATH = "/board"
PART = {"HX-Request": "true"}
STORY = ("responded", "on_site", "progress", "paused", "resumed", "progress")


def prepare() -> None:
    """Faults of all levels and ages as their verbs leave them, put there without a deed each."""
    now, client = clock.now(), Client.get()
    contract, rooms = Contract.get(Contract.client == client), list(Room.select(Room.id))
    with db.write():
        for number in range(FAULTS):
            since = now - timedelta(minutes=7 * number + 1)
            level = ("I", "II", "III", "IV")[number % 4]
            fault = Fault.create(
                client=client, contract=contract, number=f"F-B-{number:04}", source="desk",
                room=rooms[number % len(rooms)], symptom="no_sound", state="on_site", level=level,
                reported_at=since,
            )  # fmt: skip
            told = [("reported", ""), ("level", level), *((kind, "") for kind in STORY)]
            FaultEvent.insert_many([
                {"client": client.id, "fault": fault.id, "kind": kind, "before": "",
                 "what": "client" if kind in ("paused", "resumed") else what, "salts": {},
                 "at": since + (now - since) * place / EVENTS}
                for place, (kind, what) in enumerate(told)
            ]).execute()  # fmt: skip
            faults.keep_deadlines(fault, now)


def page(browser: FlaskClient, bare_of: Any) -> list[Figure]:
    with db.database.connection_context():
        prepare()
    html = browser.get(PATH).text
    assert html.count("data-fault=") == 100
    with queries() as seen:
        browser.get(PATH)
    bare = bare_of(seen, html)
    mark = html.split('name="seen" value="')[1].split('"')[0]
    times = in_turn({
        "ours": lambda: browser.get(PATH), "bare": lambda: bare.get("/page"),
        "same": lambda: browser.get(f"{PATH}?seen={mark}", headers=PART),
    }, 40)  # fmt: skip
    return [
        Figure(f"board with {FAULTS:,} open faults, 100 of them shown", millis(times["ours"]),
               f"{len(seen)} statements"),
        Figure("… against bare Flask + peewee + Jinja, same queries and bytes",
               ratio(times, "ours", "bare"), millis(times["bare"]), "≤ 1.5×"),
        Figure("… a refresh that finds nothing new", millis(times["same"])),
    ]  # fmt: skip
