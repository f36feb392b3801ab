"""The plug is pulled: at the server in the middle of a run, at the browser after "saved"."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect

from tests.house import chromium
from tests.house.processes import free_port

HERE = Path(__file__).parent


@contextmanager
def serving(port: int, database: Path, *fault: str) -> Iterator[subprocess.Popen[bytes]]:
    """A stub in a process of its own."""
    command = [sys.executable, "-m", "sync_stub.server", str(port), str(database), *fault]
    environment = os.environ | {"PYTHONPATH": str(HERE)}
    silent = subprocess.DEVNULL
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=silent
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"listening\n"
        yield process
        process.kill()


@pytest.fixture
def open_store() -> Any:
    return __import__("sync_stub.store", fromlist=["Store"]).Store


@pytest.mark.parametrize(
    ("moment", "match"),
    [
        ("kill-before", "POST /sync/"),
        ("kill-after", "POST /sync/"),
        ("kill-before", "PUT /sync/photos/"),
        ("kill-after", "PUT /sync/photos/"),
    ],
)
def test_server_killed_in_the_middle_of_a_run_loses_and_doubles_nothing(
    browser: Any, make_phone: Any, open_store: Any, tmp_path: Path, moment: str, match: str
) -> None:
    port, database = free_port(), tmp_path / "killed.db"
    url = f"http://127.0.0.1:{port}"
    context = browser.new_context(base_url=url, service_workers="block")
    phone = make_phone(context.new_page(), url)
    phone.sign_in(1)
    with serving(port, database, moment, match) as process:
        phone.open("/t/7K3M9QX2PD")
        context.set_offline(True)
        phone.report("text only")
        phone.says("#fault", "Saved")
        phone.add_photo((HERE / "photo.jpg").read_bytes())
        expect(phone.page.locator("#check canvas")).to_have_count(1)
        phone.check()
        phone.says("#check", "Saved")
        [sha] = phone.photos()
        context.set_offline(False)
        assert process.wait() == -signal.SIGKILL
    with serving(port, database):
        phone.send()
        phone.says("#check", "Received")
        phone.says("#fault", "Received")
        store = open_store(database)
        made = {row["submission_id"] for row in phone.rows()}
        assert {envelope["id"] for envelope in store.envelopes()} == made
        assert len(store.envelopes()) == 2
        assert list(store.photos()) == [sha]
    context.close()


def launch(playwright: Playwright, options: dict[str, Any], profile: Path, url: str) -> Any:
    return playwright.chromium.launch_persistent_context(str(profile), base_url=url, **options)


def test_browser_killed_after_saved_still_has_it_and_sends_it(
    playwright: Playwright,
    launch_options: dict[str, Any],
    stub: Any,
    make_phone: Any,
    tmp_path: Path,
) -> None:
    profile = tmp_path / "profile"
    context: BrowserContext = launch(playwright, launch_options, profile, stub.url)
    phone = make_phone(context.new_page(), stub.url)
    phone.sign_in(1)
    phone.open("/t/7K3M9QX2PD")
    phone.packed()
    stub.stop()
    phone.add_photo((HERE / "photo.jpg").read_bytes())
    expect(phone.page.locator("#check canvas")).to_have_count(1)
    phone.check()
    phone.says("#check", "Saved on this phone")
    made = [(row["submission_id"], row["body_sha256"]) for row in phone.rows()]
    [sha] = phone.photos()
    chromium.kill(context, profile)

    context = launch(playwright, launch_options, profile, stub.url)
    phone = make_phone(context.new_page(), stub.url)
    phone.open("/outbox")
    phone.shows("[data-outbox-list] [data-field=state]", "Saved on this phone")
    stub.start()
    phone.sign_in(1)
    phone.send()
    phone.shows("[data-outbox-list] [data-field=state]", "Received")
    assert [(each["id"], each["sha256"]) for each in stub.store.envelopes()] == made
    assert list(stub.store.photos()) == [sha]
    context.close()
