"""Languages, pack copies, fragments: one page in several forms, nobody in the stored one."""

import base64
import hashlib
import re

import pytest
from flask.testing import FlaskClient

from roundtag import history
from roundtag.access import ATTENDEE
from roundtag.models import Fault, History, Person, Session
from tests import storecounting
from tests import world as worlds
from tests.seeing import queries_of
from tests.web.conftest import SignIn
from tests.web.crowds import fill
from tests.web.reading import Page
from tests.world import World

PACK = {"X-Pack": "1"}
HTMX = {"HX-Request": "true"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def lang_of(browser: FlaskClient, path: str, **headers: str) -> str:
    return Page(browser.get(path, headers=headers).text).all("html")[0].get("lang")


# Languages


@pytest.mark.parametrize(("accepts", "wanted"), [
    ("", "zh-CN"), ("zh", "zh-CN"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("en", "en"),
    ("en-GB,en;q=0.9", "en"), ("de,en;q=0.5", "en"), ("fr", "zh-CN"),
    ("en;q=0.1,zh;q=0.9", "zh-CN"), ("*", "zh-CN"), (";;;,q=", "zh-CN"), ("zh-TW,zh-Hant", "zh-CN"),
])  # fmt: skip
def test_the_browsers_language(visitor: FlaskClient, accepts: str, wanted: str) -> None:
    assert lang_of(visitor, "/sign-in", **{"Accept-Language": accepts}) == wanted


def test_cookie_before_browser_and_account_before_cookie(
    visitor: FlaskClient, engineer: FlaskClient, world: World
) -> None:
    for browser in (visitor, engineer):
        browser.set_cookie("lang", "en")
        assert lang_of(browser, "/sign-in" if browser is visitor else "/today",
                       **{"Accept-Language": "zh"}) == "en"  # fmt: skip
    Person.update(locale="zh").where(Person.id == world.engineer.person_id).execute()
    assert lang_of(engineer, "/today", **{"Accept-Language": "en"}) == "zh-CN"
    visitor.set_cookie("lang", "xx")
    assert lang_of(visitor, "/sign-in", **{"Accept-Language": "en"}) == "en"


def test_the_choice_is_kept_and_said_in_the_chosen_language(
    engineer: FlaskClient, world: World
) -> None:
    answer = engineer.post("/language", data={"locale": "en", "next": "/more"})
    page = Page(engineer.get(answer.location).text)
    assert page.flashes() == ["The language is set."]
    assert page.all("html")[0].get("lang") == "en"
    assert Person.get_by_id(world.engineer.person_id).locale == "en"
    engineer.post("/language", data={"locale": "zh", "next": "/more"})
    assert CHINESE.search(Page(engineer.get("/more").text).flashes()[0])


def test_a_page_is_wholly_in_its_language(
    visitor: FlaskClient, engineer: FlaskClient, world: World
) -> None:
    """English pages hold no Chinese beyond the client's own names; Chinese ones no English word."""
    own = re.compile("|".join(["投影机", "视频会议室", "主楼", "园区A", "爱普生", "备件库",
                               "运维合同", "先生", "吊顶", "中文", "巡签"]))  # fmt: skip
    for path in ("/today", "/more", "/faults", "/devices", "/rooms", "/scan", "/outbox",
                 f"/t/{world.tags[0]}", f"/rooms/{world.room.id}",
                 f"/rounds/{world.round_id}"):  # fmt: skip
        engineer.set_cookie("lang", "en")
        text = own.sub("", Page(engineer.get(path).text).text)
        assert not CHINESE.search(text), (path, CHINESE.findall(text))
    visitor.set_cookie("lang", "en")
    text = own.sub("", Page(visitor.get(f"/t/{world.tags[0]}").text).text)
    assert not CHINESE.search(text)
    visitor.set_cookie("lang", "zh")
    assert "Try this first" not in visitor.get(f"/t/{world.tags[0]}").text


# Pack copies


@pytest.fixture
def lived_in(world: World) -> World:
    """A world in which things happened, by several people."""
    fields = worlds.check_form(world, **{"item.image": "fail", "note.image": "dark"})
    worlds.deliver("inspection", fields, world.engineer)
    worlds.deliver("swap", worlds.swap_form(world), world.engineer)
    worlds.deliver("fault", worlds.fault_form(world, 1), world.manager)
    return world


def pack_pages(browser: FlaskClient) -> list[str]:
    pages = [page["url"] for page in browser.get("/pack").json["pages"]]
    assert len(pages) > 4
    return pages


def test_pack_pages_know_nobody(engineer: FlaskClient, lived_in: World) -> None:
    secrets = [row.token_hash for row in Session.select()]
    people = [word for p in Person.select() for word in (p.username, p.name)]
    for path in pack_pages(engineer):
        answer = engineer.get(path, headers=PACK)
        assert answer.status_code == 200
        for word in (*people, *secrets, "submission_id", "data-user", "csrf"):
            assert word not in answer.text, (path, word)
        assert "Set-Cookie" not in answer.headers


def test_a_pack_page_bears_its_digest(engineer: FlaskClient, lived_in: World) -> None:
    for path in pack_pages(engineer):
        answer = engineer.get(path, headers=PACK)
        digest = base64.b64encode(hashlib.sha256(answer.data).digest()).decode()
        assert answer.headers["Unencoded-Digest"] == f"sha-256=:{digest}:"
        assert answer.headers["X-Pack"] == "1"
        assert answer.headers["Cache-Control"] == "no-store"
        assert Page(answer.text).all("p", **{"class": "asof"})
        online = engineer.get(path)
        assert "X-Pack" not in online.headers
        assert f'data-user="{lived_in.engineer.person_id}"' in online.text


def test_pages_vary_by_what_they_depend_on(engineer: FlaskClient, world: World) -> None:
    for path in ("/today", f"/t/{world.tags[0]}", "/devices"):
        assert {"cookie", "accept-language", "hx-request"} <= {
            one.lower() for one in engineer.get(path).vary
        }


def same_but_for_time(text: str) -> str:
    return re.sub(r'<p class="asof".*?</p>', "", text)


def test_two_people_with_the_same_scope_get_the_same_bytes(
    signed_in: SignIn, lived_in: World
) -> None:
    worlds.person("engineer-a2", ("engineer", "client", lived_in.client_id))
    first, second = signed_in("engineer-a"), signed_in("engineer-a2")
    for path in [p for p in pack_pages(first) if p.startswith("/t/")] + [
        "/scan",
        "/outbox",
        "/more",
    ]:
        texts = [browser.get(path, headers=PACK).text for browser in (first, second)]
        assert same_but_for_time(texts[0]) == same_but_for_time(texts[1]), path


def test_the_manifest_names_pages_of_this_person_only(
    signed_in: SignIn, visitor: FlaskClient, lived_in: World, other: World
) -> None:
    rooms = {"room": [lived_in.room.id, other.room.id]}
    mine = signed_in("engineer-a").get("/pack", query_string=rooms).json
    theirs = signed_in("engineer-b").get("/pack").json
    urls = {page["url"] for page in mine["pages"]}
    assert {f"/t/{tag}" for tag in lived_in.tags} <= urls
    assert mine["devices"] == 2
    assert not {url for url in urls if url.startswith("/t/")} & {
        page["url"] for page in theirs["pages"]
    }
    assert mine["version"] != theirs["version"]
    assert mine["as_of"].endswith("Z")


# Fragments


def test_the_search_answers_alone_and_inside_the_page(engineer: FlaskClient, world: World) -> None:
    for text in ("", "P01", "SNA2", "视频", "nothing like it", "%", "_", "'", "\0", "x" * 500):
        query = {"q": text}
        whole = engineer.get("/devices", query_string=query)
        part = engineer.get("/devices", query_string=query, headers=HTMX)
        assert (whole.status_code, part.status_code) == (200, 200)
        assert "<html" not in part.text
        assert part.text.strip() in whole.text
        assert "hx-request" in {one.lower() for one in part.vary}
    found = engineer.get("/devices", query_string={"q": "SNA2"}, headers=HTMX).text
    assert world.tags[1] in found
    assert world.tags[0] not in found
    for wild in ("%", "_"):
        assert world.tags[0] not in engineer.get(f"/devices?q={wild}", headers=HTMX).text
    for headers in ({**HTMX, "HX-Boosted": "true"}, {**HTMX, "HX-History-Restore-Request": "true"}):
        assert "<html" in engineer.get("/devices", headers=headers).text


def lines(html: str) -> list[str]:
    return [e.text for e in Page(html).all("p", **{"class": "log__what"})]


def more_button(html: str) -> str:
    return next((e.get("hx-get") for e in Page(html).all("button") if e.get("hx-get")), "")


def test_the_logbook_is_read_through_once_newest_first(engineer: FlaskClient, world: World) -> None:
    device = world.devices[0]
    for number in range(2 * history.PAGE + 3):
        fields = worlds.fault_form(world, description=f"report {number:02d}")
        worlds.deliver("fault", fields, world.engineer)
    page = engineer.get(f"/t/{world.tags[0]}").text
    seen = re.findall(r"report \d\d", page.split('id="log"')[1])
    assert len(seen) == history.PAGE
    reads = 0
    while path := more_button(page):
        page = engineer.get(path, headers=HTMX).text
        assert "<html" not in page
        seen += re.findall(r"report \d\d", page)
        reads += 1
    assert seen == [f"report {n:02d}" for n in reversed(range(2 * history.PAGE + 3))]
    assert reads == 2
    assert History.select().where(History.device == device.id).count() == len(seen) + 1


def test_odd_marks_in_a_logbook(engineer: FlaskClient, world: World) -> None:
    path = f"/devices/{world.devices[0].id}/history"
    for before in ("", "x", "-1", "0", "1", "9" * 15, "9" * 40, "1.5", "\0", "１"):
        answer = engineer.get(path, query_string={"before": before}, headers=HTMX)
        assert answer.status_code == 200, before
    assert engineer.get("/devices/99999999999999999999/history").status_code == 404


# Queries


def queries(browser: FlaskClient, path: str) -> int:
    assert browser.get(path).status_code == 200
    return queries_of(lambda: browser.get(path))


PAGES = {
    "/today": 23, "/faults": 6, "/faults?state=all": 6, "/rooms": 10, "/devices": 9,
    "/devices?q=P": 11, "/tags/sheets": 9, "/pack": 51, "/loaners": 8, "/more": 4, "/notices": 4,
    "/t/{device}": 33, "/t/{room}": 21, "/rooms/{room_id}": 20, "/findings": 7,
    "/rounds/{round_id}": 29, "/stocktakes": 10, "/rounds": 11, "/lamps": 6,
    "/consumables": 10, "/slips": 8, "/bag": 6, "/slips/new?kind=draw": 10, "/quality": 9,
    "/stock/counts": 10, "/stock/counts/{count_id}": 20, "/stock/counts/{count_id}/lists/new": 14,
    "/stocktakes/{stocktake_id}": 18, "/stocktakes/{stocktake_id}/rooms": 12,
    "/stocktakes/{stocktake_id}/rooms/{room_id}": 12, "/articles": 4, "/articles?owed=1": 5,
    "/articles/{article_id}": 6, "/problems": 4, "/problems/{problem_id}": 8,
    "/faults/{fault_id}": 40, "/faults/{fault_id}/clocks": 9,
}  # fmt: skip
"""The most statements that a page may send, its session included."""


def test_queries_do_not_grow_with_rows(
    engineer: FlaskClient, visitor: FlaskClient, lived_in: World
) -> None:
    fault = Fault.select().order_by(Fault.id).first().id
    names = {"device": lived_in.tags[0], "room": lived_in.room_tag,
             "room_id": lived_in.room.id, "round_id": lived_in.round_id,
             "stocktake_id": worlds.stocktake(lived_in), "count_id": storecounting.opened(lived_in),
             **dict(zip(("article_id", "problem_id"), worlds.knowledge_of(fault), strict=True)),
             "fault_id": fault}  # fmt: skip
    paths = {path: path.format(**names) for path in PAGES}
    few = {path: queries(engineer, filled) for path, filled in paths.items()}
    attendee = [queries(visitor, f"/t/{names[kind]}") for kind in ("device", "room")]
    fill(lived_in)
    many = {path: queries(engineer, filled) for path, filled in paths.items()}
    assert not {path for path in paths if many[path] > few[path]}
    later = [queries(visitor, f"/t/{names[kind]}") for kind in ("device", "room")]
    assert later == attendee
    assert not {path: count for path, count in many.items() if count > PAGES[path]}
    assert max(attendee) <= 7


def test_the_deadlines_of_a_fault_are_asked_for_again(
    engineer: FlaskClient, lived_in: World
) -> None:
    """Online the page asks the server; a copy on a phone shows moments and asks nothing."""
    key = Fault.get(Fault.reporter == lived_in.engineer.person_id).id
    part = engineer.get(f"/faults/{key}/clocks", headers=HTMX)
    assert "<html" not in part.text
    assert f'hx-get="/faults/{key}/clocks"' in part.text
    kept = engineer.get(f"/faults/{key}", headers=PACK).text
    assert "clocks__one" in kept
    assert "hx-" not in kept
    worlds.resolve(key, lived_in.engineer)
    assert "hx-get" not in engineer.get(f"/faults/{key}/clocks").text
    assert f"/faults/{key}" not in {page["url"] for page in engineer.get("/pack").json["pages"]}


def test_a_pack_copy_of_a_fault_knows_no_contact(engineer: FlaskClient, lived_in: World) -> None:
    fields = worlds.fault_form(lived_in, 1, symptom="power", contact="13800138000")
    key = worlds.deliver("fault", fields, ATTENDEE).subject_id
    Fault.update(assignee=lived_in.engineer.person_id).where(Fault.id == key).execute()
    assert "13800138000" in engineer.get(f"/faults/{key}").text
    assert f"/faults/{key}" in pack_pages(engineer)
    assert "13800138000" not in engineer.get(f"/faults/{key}", headers=PACK).text


def test_queries_of_one_fault_do_not_grow(engineer: FlaskClient, lived_in: World) -> None:
    path = f"/faults/{Fault.select().order_by(Fault.id).first().id}"
    few = queries(engineer, path)
    fill(lived_in)
    assert queries(engineer, path) == few
