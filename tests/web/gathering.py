"""Every page that the application shows, asked for once and kept: for judges that only look.

Pages are found as people find them: from those that show every form and from the addresses without
a key, along the links. A page is what answers with a whole document of HTML.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.test import TestResponse

from tests.web.reading import Page

LINK = re.compile(r'\bhref="(/[^"#]*)')
HTML = {"Accept": "text/html"}
STATES = 3
"""Pages of one route that are kept: a repair looks different in each of its states."""
Place = tuple[FlaskClient, str]


@dataclass(frozen=True)
class Kept:
    """A page as it was answered: nothing of the application is needed to look at it."""

    endpoint: str
    path: str
    answer: TestResponse

    @property
    def empty(self) -> bool:
        return b'class="empty"' in self.answer.data

    @property
    def public(self) -> bool:
        return b'<body class="public"' in self.answer.data


@dataclass(frozen=True)
class Shown:
    """One page: its route, its address, who asked for it."""

    endpoint: str
    path: str
    browser: FlaskClient

    def ask(self, language: str) -> TestResponse:
        self.browser.set_cookie("lang", language)
        return self.browser.get(self.path, headers=HTML, buffered=True)

    def keep(self, language: str) -> Kept:
        return Kept(self.endpoint, self.path, self.ask(language))


def routes(app: Flask) -> set[str]:
    """The names of all that can be asked for."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def gather(app: Flask, places: Iterable[Place], people: Iterable[FlaskClient]) -> list[Shown]:
    """The pages at `places`, and all that lead on from them and from the plain addresses."""
    plain = sorted(rule.rule for rule in app.url_map.iter_rules()
                   if "GET" in (rule.methods or ()) and not rule.arguments)  # fmt: skip
    ways, found, asked = app.url_map.bind("localhost"), list[Shown](), set[tuple[int, str]]()
    kept = Counter[str]()
    waiting = deque([*places, *((person, path) for person in people for path in plain)])
    while waiting:
        browser, path = waiting.popleft()
        one = Shown(_endpoint(ways, path), path, browser)
        if not one.endpoint or kept[one.endpoint] >= STATES or (id(browser), path) in asked:
            continue
        asked.add((id(browser), path))
        answer = one.ask("zh")
        if is_page(answer, 200):
            kept[one.endpoint] += 1
            found.append(one)
            waiting.extend((browser, unescape(link)) for link in LINK.findall(answer.text))
    return found


def is_page(answer: TestResponse, status: int) -> bool:
    return answer.status_code == status and b"<!doctype html>" in answer.data[:20]


def _endpoint(ways: MapAdapter, path: str, method: str = "GET") -> str:
    try:
        return str(ways.match(path.split("?")[0], method=method)[0])
    except HTTPException:
        return ""


def chosen(app: Flask, shown: list[Shown], bare: list[Shown]) -> list[Kept]:
    """What is looked at of all that was found.

    Each route once, in Chinese and English by turns, those for everybody in both; each list that
    has nothing to tell to somebody; each part's first form that comes back with what is wrong.
    """
    once = list({one.endpoint: one for one in reversed(shown)}.values())
    pages = [one.keep(("zh", "en")[turn % 2]) for turn, one in enumerate(once)]
    both = [one.keep(("en", "zh")[turn % 2]) for turn, one in enumerate(once) if pages[turn].public]
    full = {page.endpoint for page in pages if not page.empty}
    nothing = {one.endpoint: one for one in bare if one.endpoint in full}
    empty = [page for page in (one.keep("zh") for one in nothing.values()) if page.empty]
    return [*pages, *both, *empty, *refused(app, once)]


def refused(app: Flask, once: list[Shown]) -> Iterator[Kept]:
    """Forms that were sent with nothing in them, once for each blueprint."""
    ways, told = app.url_map.bind("localhost"), set[str]()
    for one in once:
        for form in Page(one.ask("zh").text).forms:
            part = _endpoint(ways, form.action, "POST").split(".")[0]
            if form.method != "post" or not part or part in told or form.action == "/sign-out":
                continue
            hidden = {field.get("name"): field.get("value")
                      for field in form.fields if field.get("type") == "hidden"}  # fmt: skip
            answer = one.browser.post(form.action, data=hidden, headers=HTML, buffered=True)
            if is_page(answer, 422):
                told.add(part)
                yield Kept(part, form.action, answer)
