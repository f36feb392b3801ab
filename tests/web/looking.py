"""Kept pages shown in a real browser: only they and the files of the application answer."""

from threading import Thread
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from tests.web.gathering import Kept


class Stage:
    """A real server and not playwright's routes: those switch the browser's cache off."""

    def __init__(self, app: Flask, browser: Browser) -> None:
        self.app = app
        self.answer: TestResponse | None = None
        self.server = make_server("127.0.0.1", 0, self._serve, threaded=True)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.context = browser.new_context(
            base_url=f"http://127.0.0.1:{self.server.port}",
            service_workers="block",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(120_000)  # a busy machine is no finding
        self.page = self.context.new_page()

    def _serve(self, environ: dict[str, Any], start: Any) -> Any:
        if environ["PATH_INFO"].startswith("/static/"):
            return self.app(environ, start)
        if environ.get("HTTP_SEC_FETCH_MODE") == "navigate" and self.answer:
            return self.answer(environ, start)
        # As with no network: a page shows what it holds.
        return ServiceUnavailable()(environ, start)

    def show(self, one: Kept) -> Page:
        self.answer = one.answer
        self.page.goto(one.path)
        if self.page.locator("body.staff").count():
            self.page.wait_for_selector("html[data-ready]", state="attached")
        return self.page

    def close(self) -> None:
        self.context.close()
        self.server.shutdown()
        self.server.server_close()
