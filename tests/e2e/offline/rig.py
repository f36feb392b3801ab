"""Carries out the steps of a schedule on the real thing, heals everything, and asks the oracle."""

import os
import signal
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, Playwright

from roundtag import clock
from roundtag.models import Device, Session, Submission, Swap, Unit
from tests import world
from tests.e2e.client import Client
from tests.e2e.offline import facts
from tests.e2e.offline.handset import Handset
from tests.e2e.offline.plan import Entry, Step
from tests.e2e.offline.town import PEOPLE, Town
from tests.e2e.proxy import Fault, Proxy

POST, PUT = "POST /sync/", "PUT /sync/photos/"
WHOLE = 1400
"""About the bytes of a submission on the wire: where in it a line may be cut."""


@dataclass(frozen=True)
class Counts:
    entries: int
    photos: int
    kills: int


class Rig:
    """One installation and two phones, shared by many schedules."""

    def __init__(self, kit: Playwright, options: dict[str, Any], folder: Path) -> None:
        self.stack = ExitStack()
        self.made: dict[str, str] = {}
        self.installs: set[str] = set()
        self.town = Town(folder / "data").start().fill()
        self.stack.callback(self.town.kill)
        self.codes = [tag["code"] for tag in self.town.tags()]
        self.owners: list[int] = []
        self.phones = [
            self._phone(kit, options, folder / f"phone{number}", person)
            for number, person in enumerate(PEOPLE)
        ]
        with self.town.records():
            self.units = Unit.select().count()
        self.promised: list[set[str]] = []
        self.kills, self.at = 0, ""

    def _phone(
        self, kit: Playwright, options: dict[str, Any], profile: Path, person: str
    ) -> Handset:
        network = Proxy(self.town.port)
        self.stack.callback(network.close)
        client = Client(self.town.url).sign_in(person, world.PASSWORD)
        self.owners.append(client.whoami())
        phone = Handset(kit, options, profile, network, client.cookie)
        self.stack.callback(self._close, phone)
        phone.begin(len(self.codes))
        return phone

    def _close(self, phone: Handset) -> None:
        with suppress(Error):
            phone.context.close()

    def close(self) -> None:
        self.stack.close()

    def run(self, steps: list[Step]) -> Counts:
        """Raises AssertionError when an entry was lost, doubled or changed. Returns counts."""
        self.promised, self.kills = [set() for _ in self.phones], 0
        since = clock.now()
        for step in steps:
            self.at = str(step)
            getattr(self, step.verb)(step.phone, *step.details)
        self.at = "the end"
        self.heal()
        return self._account(since)

    # What a schedule may contain; every name is a verb of plan.CHANCES.

    def file(self, phone: int, tab: int, entry: Entry) -> None:
        handset, before = self.phones[phone], self.phones[phone].ids()
        handset.file(self._form(phone, tab, entry), entry)
        [new] = handset.ids() - before
        self.promised[phone].add(new)

    def _form(self, phone: int, tab: int, entry: Entry) -> Page:
        """A tab with the entry's form; who is signed out has to sign in for it."""
        handset, path = self.phones[phone], f"/t/{self.codes[entry.device]}"
        page = handset.at(tab, path)
        if not page.locator(f"form[data-outbox={entry.form}]").count():
            self.sign_in(phone)
            handset.visit(page, path)
        return page

    def file_and_kill(self, phone: int, tab: int, entry: Entry) -> None:
        """Nothing was promised yet: what is found afterwards counts, if it is whole."""
        page = self._form(phone, tab, entry)
        self.phones[phone].fill(page, entry)
        self.phones[phone].tap(page, entry)
        self.kill_browser(phone)

    def drain(self, phone: int) -> None:
        page = self.phones[phone].any_page()
        page.evaluate("() => dispatchEvent(new Event('online'))")

    def offline(self, phone: int, yes: bool) -> None:
        self.phones[phone].offline(yes)

    def away(self, phone: int) -> None:
        self.phones[phone].network.away = not self.phones[phone].network.away

    def lose_reply(self, phone: int) -> None:
        self.phones[phone].network.next(Fault(POST, reply=0))

    def cut_request(self, phone: int, place: float) -> None:
        self.phones[phone].network.next(Fault(POST, request=int(place * WHOLE), rst=place > 0.5))

    def deliver_twice(self, phone: int) -> None:
        self.phones[phone].network.next(Fault(POST, twice=True))

    def lose_photo(self, phone: int, place: float) -> None:
        cut = {"request": int(place * 2 * WHOLE)} if place < 0.5 else {"reply": int(place * 100)}
        self.phones[phone].network.next(Fault(PUT, **cut))

    def clock(self, phone: int, days: int) -> None:
        self.phones[phone].set_clock(days)

    def reload(self, phone: int) -> None:
        self.phones[phone].any_page().reload()

    def close_tab(self, phone: int) -> None:
        handset = self.phones[phone]
        if len(handset.tabs) > 1:
            handset.tabs.pop(0).close()

    def expire(self, phone: int, how: float) -> None:
        """The phone loses its cookie, or the server the session."""
        if how < 0.5:
            self.phones[phone].context.clear_cookies()
        else:
            self._session_ends(phone, clock.now() - timedelta(days=1))

    def _session_ends(self, phone: int, when: Any) -> None:
        with self.town.records():
            Session.update(expires_at=when).where(Session.person == self.owners[phone]).execute()

    def sign_in(self, phone: int) -> None:
        self._session_ends(phone, clock.now() + timedelta(days=9))
        self.phones[phone].sign_in()

    def stop_worker(self, phone: int) -> None:
        self.phones[phone].stop_worker()

    def kill_web(self, phone: int) -> None:
        if self.town.process and (found := self.town.web_workers()):
            self.kills += 1
            with suppress(ProcessLookupError):
                os.kill(min(found), signal.SIGKILL)

    def kill_server(self, phone: int) -> None:
        self.kills += self.town.process is not None
        self.town.kill()

    def kill_server_at_reply(self, phone: int) -> None:
        """After the commit, before its reply."""
        self._kill_when(phone, Fault(POST, reply=0, hold=True))

    def kill_server_at_request(self, phone: int) -> None:
        """While the last byte of a submission is still to come."""
        self._kill_when(phone, Fault(POST, request=WHOLE // 2, hold=True))

    def _kill_when(self, phone: int, fault: Fault) -> None:
        self.phones[phone].network.next(fault)
        self.drain(phone)
        fault.happened.wait(0.3)
        self.kill_server(phone)
        fault.release.set()

    def start_server(self, phone: int) -> None:
        if self.town.process is None:
            self.town.start()

    def kill_browser(self, phone: int) -> None:
        self.kills += 1
        self.phones[phone].die()
        self.phones[phone].switch_on()

    # What comes after every schedule.

    def heal(self) -> None:
        self.start_server(0)
        for number, phone in enumerate(self.phones):
            phone.network.heal()
            phone.offline(False)
            self.sign_in(number)
            phone.set_clock(0)

    def _account(self, since: datetime) -> Counts:
        """The oracle: on the phones nothing vanished or stayed, the server holds just the same."""
        rows = [self._settled(number) for number in range(len(self.phones))]
        for number, mine in enumerate(rows):
            self._owned(number, {row["submission_id"] for row in mine}, since)
        filed = [row for mine in rows for row in mine]
        self.made |= {row["submission_id"]: row["body_sha256"] for row in filed}
        self.installs |= {row["install_id"] for row in filed}
        facts.check(self.town, self.installs, self.made)
        self._stock_adds_up()
        for phone in self.phones:
            phone.forget_receipts()
        return Counts(len(filed), sum(len(row["photos"]) for row in filed), self.kills)

    def _settled(self, number: int) -> list[dict[str, Any]]:
        rows = self.phones[number].settled()
        ids = {row["submission_id"] for row in rows}
        assert self.promised[number] <= ids, "an entry vanished from the phone"
        _in_order(rows)
        return rows

    def _owned(self, number: int, ids: set[str], since: datetime) -> None:
        """Each entry is its maker's, and its time is the server's, whatever the phone's clock."""
        facts.owned(self.town, ids, self.owners[number])
        with self.town.records():
            rows = list(Submission.select().where(Submission.id.in_(list(ids))))
        assert all(since <= row.received_at <= clock.now() for row in rows)

    def _stock_adds_up(self) -> None:
        with self.town.records():
            assert Unit.select().count() == self.units
            for device in Device.select():
                last = Swap.select().where(Swap.device == device).order_by(Swap.id.desc()).first()
                inside = [unit.serial for unit in Unit.select().where(Unit.device == device)]
                assert len(inside) == 1
                assert last is None or inside == [last.new_serial]

    def ledger(self) -> str:
        return self.town.command("ledger", "verify")


def _in_order(rows: list[dict[str, Any]]) -> None:
    """Entries about one device came in as they were filed."""
    last: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row["seq"]):
        assert last.get(row["entity_key"], "") <= row["receipt"]["received_at"], row
        last[row["entity_key"]] = row["receipt"]["received_at"]
