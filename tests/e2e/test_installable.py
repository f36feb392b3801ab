"""The pages as a browser judges them: installable, closed to the outside."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Playwright, Request

from tests.e2e.conftest import Open, sign_in
from tests.e2e.phone import Phone
from tests.e2e.server import Server
from tests.house.chromium import CONTROLLED, becomes

WATCH = """addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  console.error(`policy: ${violatedDirective} ${blockedURI}`));"""
STAFF = ("/today", "/t/{device}", "/t/{device}#check", "/t/{device}#swap", "/t/{device}#fault",
         "/rooms/1#fault", "/outbox", "/scan", "/faults", "/rooms", "/tags/sheets",
         "/more", "/devices/new", "/lendings", "/software", "/devices/1/software")  # fmt: skip
PUBLIC = ("/t/{room}", "/t/{device}", "/sign-in")


@pytest.fixture
def paths(site: Server) -> dict[str, str]:
    """Codes that fill the places in a path; these pages are only looked at."""
    return {"device": site.tags()[0]["code"], "room": site.tags("room")[0]["code"]}


def test_browser_finds_no_obstacle_to_installing(
    playwright: Playwright, launch_options: dict[str, Any], site: Server, tmp_path: Path
) -> None:
    phone = Phone(playwright, launch_options, tmp_path / "profile", site.url)
    sign_in(phone.page)
    becomes(phone.page, CONTROLLED)
    inspector = phone.context.new_cdp_session(phone.page)
    assert inspector.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    assert inspector.send("Page.getAppManifest")["errors"] == []
    phone.context.close()


def test_manifest_names_icons_that_load(open_page: Open, site: Server) -> None:
    page = open_page()
    page.goto("/today")
    manifest = json.loads(page.request.get("/manifest.webmanifest").text())
    assert manifest["start_url"] == "/today"
    assert manifest["display"] == "standalone"
    assert {"name", "short_name", "id", "scope", "theme_color", "background_color"} <= set(manifest)
    sizes = """(src) => new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve(`${image.width}x${image.height}`);
      image.onerror = reject;
      image.src = src;
    })"""
    for icon in manifest["icons"]:
        assert page.evaluate(sizes, icon["src"]) == icon["sizes"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}


class Watch:
    """What a page complains about and where its requests go."""

    def __init__(self, page: Page, origin: str) -> None:
        self.trouble: list[str] = []
        self.elsewhere: list[str] = []
        page.add_init_script(WATCH)
        page.on("console", lambda said: said.type == "error" and self.trouble.append(said.text))
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on("request", lambda sent: sent.url.startswith((f"{origin}/", "data:", "blob:"))
                or self.elsewhere.append(sent.url))  # fmt: skip
        page.on("response", lambda got: got.status >= 400 and self.trouble.append(
            f"{got.status} {got.url}"))  # fmt: skip


@pytest.mark.parametrize(("staff", "wanted"), [(True, STAFF), (False, PUBLIC)])
def test_pages_keep_their_policy_and_their_origin(
    open_page: Open, site: Server, paths: dict[str, str], staff: bool, wanted: tuple[str, ...]
) -> None:
    page = open_page(staff)
    watch = Watch(page, site.url)
    for path in wanted:
        page.goto(path.format(**paths), wait_until="load")
        if staff:
            page.wait_for_selector("html[data-ready]", state="attached")
    # Without a service worker its registration fails: this context blocks it.
    assert [said for said in watch.trouble if "ervice" not in said] == []
    assert watch.elsewhere == []


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe finds in a page as it is now; each page as it opens: tests/web/test_axe.py."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(each["id"], node["html"][:160]) for each in found for node in each["nodes"]]


@pytest.mark.parametrize("staff", [False, True], ids=["attendee", "engineer"])
def test_first_scan_is_small(open_page: Open, paths: dict[str, str], staff: bool) -> None:
    page, answers = open_page(staff), list[Request]()
    page.on("requestfinished", lambda request: answers.append(request))
    page.goto(f"/T/{paths['device']}", wait_until="networkidle")
    sizes = Counter[str]()
    for request in answers:
        sizes[request.resource_type] += request.sizes()["responseBodySize"]
    heard = {kind: sizes[kind] for kind in ("document", "stylesheet", "script")}
    print(f"first scan: {heard}, {sum(heard.values()) / 1000:.1f} kB")
    assert all(size > 0 for kind, size in heard.items() if staff or kind != "script")
