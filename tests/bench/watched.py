"""The scheduler's look at faults among 1,000 and among 100,000, of which 1,000 are open in both.

At each look 50 faults are due; each is a deed of its own, with its notices and its next moment.
"""

import itertools
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playhouse.migrations import Runner

from roundtag import clients, clock, commands, db, faults, ledger
from roundtag.access import SYSTEM
from roundtag.models import Building, Fault, FaultEvent, Room, Site
from roundtag.supervisor.preparation import MIGRATIONS
from tests.bench.measure import Figure, in_turn, millis, ratio

FEW, MANY, OPEN, DUE = 1_000, 100_000, 1_000, 50
AGE = timedelta(minutes=20)


def all_of(folder: Path) -> list[Figure]:
    urls = {count: _built(folder / f"watched-{count}.db", count) for count in (FEW, MANY)}
    sleeping = in_turn({f"{count}": _look(url, 0) for count, url in urls.items()}, 20)
    busy = in_turn({f"{count}": _look(url, DUE) for count, url in urls.items()}, 7)
    few, many = f"{FEW}", f"{MANY}"
    return [
        Figure(f"look at {DUE} due faults among {MANY:,}, {OPEN:,} of them open",
               millis(busy[many]), f"{1000 * busy[many] / DUE:.1f} ms a fault"),
        Figure(f"… against the same among {FEW:,}", ratio(busy, many, few), millis(busy[few]),
               "≤ 1.2×"),
        Figure(f"look when nothing is due, {MANY:,} against {FEW:,}",
               ratio(sleeping, many, few), millis(sleeping[few]), "≤ 1.2×"),
    ]  # fmt: skip


def _look(url: str, due: int) -> Callable[[], int]:
    turns = itertools.count()

    def look() -> int:
        if db.database.obj is None or _url_of() != url:
            db.connect(url)
        with db.database.connection_context():
            now = clock.now()
            first = next(turns) * due % OPEN
            keys = range(first + 1, first + due + 1)
            Fault.update(wakes_at=now).where(Fault.id << list(keys)).execute()
            seen = faults.look(clock.now())
            assert seen == due
            return seen

    return look


def _url_of() -> str:
    return f"sqlite:///{db.database.obj.database}"


def _built(path: Path, count: int) -> str:
    """A client with faults put there without deeds; the open ones were reported a while ago."""
    url = f"sqlite:///{path}"
    db.connect(url)
    with db.database.connection_context():
        Runner(db.database.obj, str(MIGRATIONS)).up()
        with db.write():
            ledger.open_log(None)
        client = _run(clients.add_client, clients.AddClient("W", "W"))
        today = clock.local_day(clock.now())
        year = timedelta(days=400)
        order = clients.AddContract(client, "W-1", "W", today - year, today + year)
        contract = _run(clients.add_contract, order)
        with db.write():
            _fill(client, contract, count)
    return url


def _run(verb: commands.Verb, order: object) -> int:
    return int(commands.run(str(uuid.uuid4()), verb, order, SYSTEM).subject_id or 0)


def _fill(client: int, contract: int, count: int) -> None:
    site = Site.create(client=client, name="S")
    building = Building.create(client=client, site=site, name="B")
    room = Room.create(client=client, building=building, code="R", name="R", kind="video")
    began, far = clock.now() - AGE, clock.now() + timedelta(days=1)
    same = {"client": client, "contract": contract, "room": room.id, "source": "desk",
            "symptom": "no_picture", "reported_at": began, "level": "III"}  # fmt: skip
    rows = [{**same, "number": f"F-{n}", "state": "responded" if n < OPEN else "closed",
             "wakes_at": far if n < OPEN else None, "salts": {}} for n in range(count)]  # fmt: skip
    kinds = ("reported", ""), ("level", "III"), ("responded", "phone")
    events = [{"client": client, "fault": n + 1, "kind": kind, "what": what, "at": began,
               "salts": {}, "prior": {}} for n in range(count) for kind, what in kinds]  # fmt: skip
    for model, made in ((Fault, rows), (FaultEvent, events)):
        for start in range(0, len(made), 1000):
            model.insert_many(made[start : start + 1000]).execute()
