"""axe finds nothing on any page, in a real browser, as the person who works there.

The pages come from the routes by themselves (gathering.py), so that a new one is judged or named.
Each is judged whole on a phone in daylight, with all that can be opened open. What styles alone
say, colours and sizes, is asked of elements whose style was not met before on any page, also in the
dark and on a wide screen. `make soak` asks all of every page that was found, in all looks.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from blueprints import door
from tests.conftest import KINDS
from tests.house import lanes
from tests.web import account_forms, paper_pages, test_fuzz
from tests.web.conftest import SignIn
from tests.web.gathering import Kept, Shown, chosen, gather, routes
from tests.web.looking import Stage
from tests.world import World

SHARES = 16
"""Tests that share the pages: xdist begins with the files that have most."""
PHONE, DESK = (320, 640), (1280, 800)
Look = tuple[Any, tuple[int, int]]
LOOKS = FIRST, *OTHERS = [("light", PHONE), ("dark", PHONE), ("light", DESK)]
WHOLE = {"resultTypes": ["violations"], "preload": False, "selectors": False}
OF_STYLE = ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"]
STYLES = {**WHOLE, "runOnly": {"type": "rule", "values": OF_STYLE}}
REST = {**WHOLE, "rules": {rule: {"enabled": False} for rule in OF_STYLE}}
UNFOLD = """() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  for (const one of document.querySelectorAll("main *"))
    if (getComputedStyle(one).position === "sticky") one.style.position = "static";
}"""
"""What stays at the edge lies over something at each moment: scrolling brings that out again."""
RUN = "async (options) => (await axe.run(document, options)).violations"
DIALOGS = """async (options) => {
  const found = [];
  for (const one of document.querySelectorAll("dialog:not([open])")) {
    one.showModal();
    found.push(...(await axe.run({ include: [one] }, options)).violations);
    one.close();
  }
  return found;
}"""
# Elements whose style is known stand in the same elements, with the same words for style sheets.
UNMET = """(met) => {
  const known = new Set(met), added = [], keys = new Map([[null, 7]]);
  const sum = (text) => [...text].reduce((all, one) => (all * 31 + one.codePointAt()) | 0, 0);
  const styled = /^(class|type|data-(tone|state)|aria-(current|invalid|pressed|disabled))$/;
  const said = ({ name, value }) => (styled.test(name) ? name + value : name);
  window.unmet = [...document.querySelectorAll("*")].filter((one) => {
    const key = sum(keys.get(one.parentElement) + one.tagName + [...one.attributes].map(said));
    keys.set(one, key);
    if (known.has(key) || !document.body.contains(one)) return false;
    known.add(key);
    return added.push(key);
  });
  return added;
}"""
RUN_UNMET = "async (options) => (await axe.run({ include: unmet }, options)).violations"
WIDE = "document.documentElement.scrollWidth > innerWidth"
PART = "a part that htmx puts into a page"
FILE = "a file"
DATA = "an answer for programs"
LEADS_ON = "leads on to a page"
NO_PAGES = {
    "acceptance.photo": FILE, "acceptance.signature": FILE, "admin.healthz": DATA,
    "admin.metrics": DATA, "admin.readyz": DATA, "admin.security_txt": FILE,
    "agenda.feed": FILE, "articles.fitting": PART, "bulk.print_tags": LEADS_ON,
    "checklists.download": FILE, "consumables.csv": FILE, "consumables.xlsx": FILE,
    "devices.history": PART, "dues.at_fault": LEADS_ON, "faults.clocks": PART,
    "hotline.csv": FILE, "hotline.rooms": PART, "ledger.export": FILE, "ledger.notes": FILE,
    "ledger.proof": FILE, "loaners.csv": FILE, "photos.show": FILE, "printing.print_file": FILE,
    "printing.printer_page": FILE, "pwa.favicon": LEADS_ON, "pwa.manifest": DATA,
    "pwa.pack": DATA, "pwa.service_worker": FILE, "register.download": FILE,
    "register.problems": FILE, "repairs.xlsx": FILE, "reports.draft": FILE,
    "reports.file": FILE, "reports.file_by_link": FILE, "reports.record": FILE,
    "reviews.photo": FILE, "rooms.history": PART, "shipments.file": FILE, "slips.csv": FILE,
    "slips.pdf": FILE, "slips.signature": FILE, "sso.back": LEADS_ON, "sso.begin": LEADS_ON,
    "stock_lists.plan_xlsx": FILE, "stock_lists.reorder_xlsx": FILE, "stocktakes.csv": FILE,
    "stocktakes.xlsx": FILE, "storecounts.pdf": FILE, "storecounts.xlsx": FILE,
    "sync.receipt": DATA, "sync.seal_key": DATA, "sync.whoami": DATA, "today.home": LEADS_ON,
    "trust.certificate": FILE,
}  # fmt: skip


@pytest.fixture
def store_kind() -> str:
    """What a page looks like is no matter of the database; that it comes at all may be."""
    return KINDS[0] if lanes.missing("postgresql") else KINDS[-1]


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door.limiter, "enabled", False)


@pytest.fixture
def shown(app: Flask, world: World, engineer: FlaskClient, visitor: FlaskClient,
          signed_in: SignIn, unlimited: None) -> list[Shown]:  # fmt: skip
    accounts = account_forms.shown(signed_in, *(app.test_client() for _ in range(3)))
    desk, client = signed_in("manager-all"), signed_in("client-all")
    places = test_fuzz.places(world, engineer, desk, visitor, client)
    papers = paper_pages.pages(world, engineer, desk, visitor)
    people = [engineer, desk, signed_in("admin-all"), signed_in("quality-all"), client, visitor]
    return gather(app, [*papers, *places, *accounts], people)


@pytest.fixture
def bare(app: Flask, signed_in: SignIn, unlimited: None) -> list[Shown]:
    """Pages of people for whom nothing was filed yet."""
    return gather(app, [], [signed_in(f"{role}-elsewhere") for role in ("manager", "engineer")])


@pytest.fixture(scope="session")
def kept() -> list[Kept]:
    return []


@pytest.fixture
def pages(app: Flask, kept: list[Kept], request: pytest.FixtureRequest) -> list[Kept]:
    """Gathered by the first test that asks."""
    if not kept:
        bare: list[Shown] = request.getfixturevalue("bare")  # before there is more to tell
        kept.extend(chosen(app, request.getfixturevalue("shown"), bare))
    return kept


@pytest.fixture(scope="session")
def met() -> set[int]:
    """Styles that were judged in every look."""
    return set()


@pytest.fixture
def stage(app: Flask, browser: Browser) -> Iterator[Stage]:
    made = Stage(app, browser)
    yield made
    made.close()


def looked_at(stage: Stage, one: Kept, look: Look = FIRST) -> Page:
    dress(stage.page, look)
    page = stage.show(one)
    page.evaluate(UNFOLD)
    page.evaluate(AXE_SCRIPT)
    return page


def dress(page: Page, look: Look) -> None:
    scheme, (width, height) = look
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": height})


def told(one: Kept, look: Look, found: list[dict[str, Any]]) -> list[str]:
    return [f"{one.endpoint} {one.path} {look}: {rule['id']} {node['html'][:160]} "
            f"{node['failureSummary']}" for rule in found for node in rule["nodes"]]  # fmt: skip


def wrongs(page: Page, one: Kept, look: Look, options: dict[str, Any] = WHOLE) -> list[str]:
    """What axe finds in the whole page."""
    found = told(one, look, page.evaluate(RUN, options) + page.evaluate(DIALOGS, WHOLE))
    return found + ([f"{one.path} {look}: wider than the screen"] if page.evaluate(WIDE) else [])


def judge(stage: Stage, one: Kept, met: set[int]) -> list[str]:
    page = looked_at(stage, one)
    found = wrongs(page, one, FIRST, REST)
    if unmet := page.evaluate(UNMET, list(met)):
        met.update(unmet)
        for look in LOOKS:
            dress(page, look)
            found += told(one, look, page.evaluate(RUN_UNMET, STYLES))
    return found


def test_every_route_is_judged_or_known_for_no_page(app: Flask, pages: list[Kept]) -> None:
    assert routes(app) - {one.endpoint for one in pages} == set(NO_PAGES)


def test_what_matters_is_among_the_pages(pages: list[Kept]) -> None:
    """Refused forms, empty lists, dialogs, folds, and what everybody sees in both languages."""
    assert any(one.answer.status_code == 422 for one in pages)
    assert any(one.empty for one in pages)
    for part in (b"<dialog", b"<details"):
        assert any(part in one.answer.data for one in pages)
    signing_in = [one.answer.text for one in pages if one.path == "/sign-in" and one.public]
    for language in ("zh-CN", "en"):
        assert any(f'<html lang="{language}"' in text for text in signing_in)


@pytest.mark.parametrize("share", range(SHARES))
def test_axe_finds_nothing_on_any_page(share: int, pages: list[Kept], stage: Stage,
                                       met: set[int]) -> None:  # fmt: skip
    found = [wrong for one in pages[share::SHARES] for wrong in judge(stage, one, met)]
    assert not found, "\n".join(found)


@pytest.mark.soak
def test_axe_finds_nothing_on_any_page_in_any_look(shown: list[Shown], stage: Stage) -> None:
    found = []
    for one, language, look in product(shown, ("zh", "en"), (*LOOKS, ("dark", DESK))):
        page = one.keep(language)
        found += wrongs(looked_at(stage, page, look), page, look)
    assert found == []


PLANTED = {
    "label": "<input>",
    "image-alt": '<img src="/static/x.png">',
    "button-name": "<dialog><button></button></dialog>",
    "link-name": '<details><summary>x</summary><a href="/"></a></details>',
    "wider": f"<table><tr><td nowrap>{'x ' * 200}</table>",
}


@pytest.mark.parametrize("rule", PLANTED)
def test_what_is_wrong_in_a_page_is_told(rule: str, visitor: FlaskClient, stage: Stage) -> None:
    """In what a dialog or a fold holds as well."""
    one = Shown("people.sign_in", "/sign-in", visitor).keep("zh")
    assert judge(stage, one, set()) == []
    one.answer.data = one.answer.data.replace(b"</main>", f"{PLANTED[rule]}</main>".encode(), 1)
    assert rule in {wrong.split("): ")[1].split()[0] for wrong in judge(stage, one, set())}


@pytest.mark.parametrize("look", OTHERS)
def test_what_is_wrong_in_one_look_only_is_told(look: Look, visitor: FlaskClient,
                                                stage: Stage) -> None:  # fmt: skip
    """A heading nobody can read in that look; one whose style was met before is not read again."""
    one, met = Shown("people.sign_in", "/sign-in", visitor).keep("zh"), set[int]()
    assert judge(stage, one, met) == []
    side = "min" if look[1] == DESK else "max"
    where = f"(prefers-color-scheme: {look[0]}) and ({side}-width: 900px)"
    pale = "h1 { color: #999 !important; background: #888 !important }"
    style = f"<style>@media {where} {{ {pale} }}</style></head>"
    one.answer.data = one.answer.data.replace(b"</head>", style.encode(), 1)
    del one.answer.headers["Content-Security-Policy"]  # which lets no style in
    found = judge(stage, one, set())
    assert [wrong.split("): ")[1].split()[0] for wrong in found] == ["color-contrast"]
    assert f"{look}" in found[0]
    assert judge(stage, one, met) == []
