"""A product whose clock the test sets: the real application and pages, served from this process.

Between two moments whatever the scheduler would have done is done at the minute at which it would
have done it: time goes to the next fault that wakes, never past it.
"""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from peewee import fn
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from app import create_app
from roundtag import clock, db, jobs
from roundtag.models import Fault, Job
from roundtag.worker import import_library
from tests.e2e.server import PASSWORD

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
STANDING = ("faults.tick", "faults.loaners", "dues.ensure", "rounds.ensure", "repairs.overdue",
            "loaners.ensure", "stock.low")  # fmt: skip
WIDE = {"width": 1280, "height": 900}


def moment(text: str) -> datetime:
    """A time in China, "2026-09-30 09:02", in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/today")


class Now:
    """The one clock of the server, the scheduler and every browser."""

    def __init__(self, text: str) -> None:
        self.moment = moment(text)

    def __call__(self) -> datetime:
        return self.moment


class Day:
    """Serves the application of the present database; `stop` ends the thread."""

    def __init__(self, browser: Browser, now: Now, port: int) -> None:
        self.browser, self.now, self.url = browser, now, f"http://localhost:{port}"
        self.pages: list[Page] = []
        self.clocked: list[Page] = []
        """Those whose clock can be set: a page without script has none."""
        import_library()
        self.server = make_server("localhost", port, create_app(), threaded=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        for page in self.pages:
            page.context.close()
        self.server.shutdown()
        self.thread.join()

    def page(self, username: str = "", **options: Any) -> Page:
        """A browser of its own, in English; signed in when a name is given. With
        service_workers="allow" it keeps pages for a time without network."""
        context = self.browser.new_context(
            base_url=self.url, locale="en-GB",
            **{"viewport": WIDE, "service_workers": "block", **options},
        )  # fmt: skip
        context.set_default_timeout(20_000)
        page = context.new_page()
        self.pages.append(page)
        if options.get("java_script_enabled", True):
            self.clocked.append(page)
            page.clock.set_fixed_time(self.now.moment)
        if username:
            sign_in(page, username)
        return page

    def at(self, text: str) -> None:
        """Goes on to this moment, minute by minute wherever something wakes."""
        until = moment(text)
        assert until >= self.now.moment
        with db.database.connection_context():
            while (due := self._next()) is not None and due < until:
                self._turn(due)
            self._turn(until)
        for page in self.clocked:
            page.clock.set_fixed_time(until)

    def _next(self) -> datetime | None:
        """The first whole minute, still to come, at which the scheduler finds a fault awake."""
        woken = Fault.select(fn.MIN(Fault.wakes_at)).where(Fault.wakes_at.is_null(False)).scalar()
        if woken is None:
            return None
        at = clock.from_text(woken) if isinstance(woken, str) else woken
        whole = at.replace(second=0, microsecond=0)
        return max(whole if whole == at else whole + MINUTE, self.now.moment + MINUTE)

    def _turn(self, at: datetime) -> None:
        self.now.moment = at
        for name in STANDING:
            jobs.standing[name].ensure()
        self.work()

    def work(self) -> None:
        """What a worker does of the jobs that are due."""
        with db.database.connection_context():
            due = (Job.state == "queued") & (Job.run_after <= self.now.moment)
            waiting = [job.id for job in Job.select(Job.id).where(due)]
        for key in waiting:
            jobs.perform(key)
