"""What a code tells to whom: everything to those it is for, nothing to anyone else."""

import pytest
from flask.testing import FlaskClient

from roundtag.models import Tag
from tags import codes
from tests.seeing import snapshot
from tests.web.reading import Page
from tests.world import World

MALFORMED = ["x", "0" * 10, "7K3M9QX2PX", "%00", "..", "a" * 3000, "７Ｋ３",
             "<script>", "'--", "%F0%9F%98%80", "%ff"]  # fmt: skip


COUNTED = {"Content-Length", "Retry-After", "X-Request-ID"}


def shape(browser: FlaskClient, code: str) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All that an answer shows: status, body, headers but those that count requests."""
    answer = browser.get(f"/t/{code}")
    headers = [(n, v) for n, v in answer.headers if n not in COUNTED
               and not n.startswith("X-RateLimit")]  # fmt: skip
    return answer.status_code, answer.data, sorted(headers)


@pytest.fixture
def states(world: World, other: World) -> dict[str, str]:
    """A code in every state that leads nowhere."""
    found = {}
    for state in ("blank", "lost", "replaced"):
        found[state] = codes.new()
        Tag.create(code=found[state], state=state, client=other.client_id,
                   made_at="2026-01-01T00:00:00.000000Z")  # fmt: skip
    found["unknown"] = codes.new()
    return found


def test_codes_that_lead_nowhere_look_alike(visitor: FlaskClient, states: dict[str, str]) -> None:
    wanted = shape(visitor, "x")
    assert wanted[0] == 404
    for code in [*states.values(), *MALFORMED]:
        assert shape(visitor, code) == wanted, code


def test_to_staff_another_clients_code_is_unknown(
    engineer: FlaskClient, other: World, states: dict[str, str]
) -> None:
    wanted = shape(engineer, states["unknown"])
    assert wanted[0] == 404
    for code in (*other.tags, other.room_tag, *states.values(), "x"):
        assert shape(engineer, code) == wanted


def test_a_revoked_code_says_so_and_no_more(
    visitor: FlaskClient, engineer: FlaskClient, world: World
) -> None:
    Tag.update(state="revoked").where(Tag.code == world.tags[0]).execute()
    for browser in (visitor, engineer):
        answer = browser.get(f"/t/{world.tags[0]}")
        assert answer.status_code == 410
        for word in (world.tags[0], world.devices[0].name, world.room.name, "SNA1", "客户A"):
            assert word not in answer.text
    other = Tag.create(code=codes.new(), state="revoked", made_at="2026-01-01T00:00:00.000000Z")
    tried = (other.code, world.tags[0])
    assert len({visitor.get(f"/t/{code}").data for code in tried}) == 1
    sent = [visitor.post(f"/t/{code}/faults", data={"tag": code, "symptom": "power"})
            for code in tried]  # fmt: skip
    assert {answer.status_code for answer in sent} == {410}
    assert len({answer.data for answer in sent}) == 1


def test_a_replaced_code_leads_to_the_new_one(engineer: FlaskClient, world: World) -> None:
    old = codes.new()
    Tag.create(code=old, state="replaced", replaced_by=world.tags[0],
               made_at="2026-01-01T00:00:00.000000Z")  # fmt: skip
    page = engineer.get(f"/t/{old}")
    assert page.status_code == 200
    assert f'action="/t/{world.tags[0]}/swaps"' in page.text
    Tag.update(replaced_by=old).where(Tag.code == old).execute()
    assert engineer.get(f"/t/{old}").status_code == 404


@pytest.mark.parametrize("which", ["device", "room"])
def test_the_printed_address_differs_by_the_scanned_mark_alone(
    engineer: FlaskClient, visitor: FlaskClient, world: World, which: str
) -> None:
    code = world.tags[0] if which == "device" else world.room_tag
    for browser in (engineer, visitor):
        typed = browser.get(f"/t/{code}", headers={"X-Pack": "1"})
        scanned = browser.get(f"/T/{code}", headers={"X-Pack": "1"})
        texts = []
        for answer in (typed, scanned):
            assert answer.status_code == 200
            page = Page(answer.text)
            as_of = page.all("p", **{"class": "asof"})[0]
            mark = '<input type="hidden" name="scanned" value="1">'
            text = answer.text.replace(mark, mark.replace('"1"', '""'))
            text = text.replace(as_of.get("data-as-of").replace("+", "&#43;"), "")
            text = text.replace(as_of.get("data-as-of"), "").replace(as_of.text, "")
            texts.append(text.replace("/T/", "/t/"))
        assert texts[0] == texts[1]
    if which == "device":
        pages = [Page(engineer.get(f"/{t}/{code}").text) for t in "tT"]
        marks = [page.all("input", name="scanned")[0].get("value") for page in pages]
        assert marks == ["", "1"]


def spellings(code: str) -> list[str]:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    return [code.lower(), codes.show(code), codes.show(code).lower(), f"{code[:5]} {code[5:]}",
            code.replace("0", "O"), code.replace("0", "o"), code.replace("1", "I"),
            code.replace("1", "l"), wide]  # fmt: skip


def test_every_spelling_of_a_code_opens_its_page(engineer: FlaskClient, world: World) -> None:
    for code in (*world.tags, world.room_tag):
        for typed in spellings(code):
            assert engineer.get(f"/t/{typed}").status_code == 200, typed
            assert engineer.get("/scan", query_string={"code": typed}).location == f"/t/{code}"
            assert engineer.post("/scan", data={"code": typed}).location == f"/t/{code}"


def test_a_code_with_a_slip_is_told_while_typing(engineer: FlaskClient, world: World) -> None:
    code = world.tags[0]
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    for answer in (
        engineer.get(f"/scan?code={wrong}"),
        engineer.post("/scan", data={"code": wrong}),
    ):
        page = Page(answer.text)
        assert answer.status_code == 422
        assert page.error("code")
        assert page.all("input", name="code")[0].get("value") == wrong


def test_typing_without_account_shows_the_same_page_as_scanning(visitor: FlaskClient) -> None:
    typed = visitor.post("/scan", data={"code": "no code"})
    assert (typed.status_code, typed.data) == (404, visitor.get("/t/x").data)


def test_status_links_that_lead_nowhere_look_alike(visitor: FlaskClient, world: World) -> None:
    first = visitor.get("/status/x")
    assert first.status_code == 404
    for secret in ("A" * 22, "%00", "é", "a" * 3000):
        assert visitor.get(f"/status/{secret}").data == first.data


def test_an_attendee_sees_the_room_and_no_number(visitor: FlaskClient, world: World) -> None:
    for code in (*world.tags, world.room_tag):
        page = visitor.get(f"/t/{code}")
        assert page.status_code == 200
        for word in ("SNA1", "SPA1", "A-P01", "客户A", "engineer-a", "备件库", "data-user"):
            assert word not in page.text, word


def test_looking_at_codes_writes_nothing(visitor: FlaskClient, world: World) -> None:
    before = snapshot()
    for code in (*world.tags, world.room_tag, "x", codes.new()):
        visitor.get(f"/t/{code}")
        visitor.get(f"/T/{code}")
    assert snapshot() == before
