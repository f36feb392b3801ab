"""The figures that need a running server and a browser."""

import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench import drain, unwatched
from tests.bench import phone as phones
from tests.bench.measure import Figure
from tests.e2e.conftest import sign_in
from tests.e2e.phone import Phone
from tests.e2e.server import Server
from tests.house import browsers
from tests.house.chromium import FLAGS


def all_of(folder: Path) -> list[Figure]:
    """Nothing but the scripts' sizes where there is no browser."""
    found = browsers.find()
    if not found:
        return phones.scripts()
    site = Server(folder / "served").start()
    try:
        return [*phones.scripts(), *_with_a_phone(site, found, folder)]
    finally:
        site.stop()


def _with_a_phone(site: Server, browser: str, folder: Path) -> list[Figure]:
    options = {"args": FLAGS, "headless": True, "executable_path": browser}
    with sync_playwright() as kit:
        first = Phone(kit, options, folder / "first", site.url)
        sign_in(first.page)
        scanned = phones.first_scan(site, first)
        first.context.close()
        phone = Phone(kit, options, folder / "profile", site.url)
        start = time.perf_counter()
        sign_in(phone.page)
        filled = phones.pack(site, phone, start)
        opened = phones.opening(site, phone)
        phone.context.close()
    with unwatched.page(browser, FLAGS, folder / "profile") as page:
        drained = drain.figures(site, page, folder)
    return [*scanned, *filled, *opened, *drained]
