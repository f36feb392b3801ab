"""Tags in a browser: what each state opens for whom, claiming, replacing, lists, fake labels."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from blueprints import door
from roundtag import tagging
from roundtag.models import (
    BatchTag,
    Device,
    Fault,
    Notification,
    PrintRun,
    Submission,
    Tag,
    TagBatch,
    TagEvent,
)
from roundtag.settings import current
from tags import codes
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World, run

Make = Callable[[World], str]


def blank_of(world: World, ours: bool = True) -> str:
    batch = run(tagging.make_blanks, tagging.MakeBlanks(1, world.client_id if ours else None))
    return str(BatchTag.get(BatchTag.batch == batch.subject_id).code)


def replaced(world: World) -> str:
    run(tagging.replace_tag, tagging.ReplaceTag(world.tags[0]))
    return world.tags[0]


def lost(world: World) -> str:
    run(tagging.lose_tag, tagging.LoseTag((world.tags[0],)))
    return world.tags[0]


def revoked(world: World) -> str:
    run(tagging.revoke_tag, tagging.RevokeTag((world.tags[0],)))
    return world.tags[0]


STATES: dict[str, Make] = {
    "bound": lambda world: world.tags[0],
    "room": lambda world: world.room_tag,
    "blank": blank_of,
    "provider's blank": lambda world: blank_of(world, ours=False),
    "lost": lost,
    "replaced": replaced,
    "revoked": revoked,
    "unknown": lambda world: codes.new(),
    "malformed": lambda world: "7K3M9-QX2PX",
}
UNKNOWN, GONE = "We do not know this code", "This label is no longer in use"
REPORT, DEVICE, ROOM = "What is not working?", 'id="check"', "Check this room"
CLAIM, READS = "Which room is it in?", "About this device"
OWN: dict[str, dict[str, tuple[int, str]]] = {
    "anonymous": {
        "bound": (200, REPORT), "room": (200, REPORT), "lost": (200, REPORT),
        "replaced": (200, REPORT), "blank": (404, UNKNOWN), "provider's blank": (404, UNKNOWN),
    },
    "client-all": {
        "bound": (200, READS), "room": (200, ROOM), "lost": (200, READS), "replaced": (200, READS),
        "blank": (404, UNKNOWN), "provider's blank": (404, UNKNOWN),
    },
    "engineer-a": {
        "bound": (200, DEVICE), "room": (200, ROOM), "lost": (200, "marked as lost"),
        "replaced": (200, "was replaced"), "blank": (200, CLAIM), "provider's blank": (200, CLAIM),
    },
    "desk-all": {
        "bound": (200, READS), "room": (200, ROOM), "lost": (200, "marked as lost"),
        "replaced": (200, "was replaced"), "blank": (200, CLAIM), "provider's blank": (200, CLAIM),
    },
}  # fmt: skip
EVERYWHERE = {"revoked": (410, GONE), "unknown": (404, UNKNOWN), "malformed": (404, UNKNOWN)}


def browser_of(who: str, visitor: FlaskClient, signed_in: SignIn) -> FlaskClient:
    found = visitor if who == "anonymous" else signed_in(who)
    found.set_cookie("lang", "en")
    return found


@pytest.mark.parametrize("who", OWN)
@pytest.mark.parametrize("state", STATES)
def test_tags_05_what_each_state_opens_for_whom(
    world: World, visitor: FlaskClient, signed_in: SignIn, state: str, who: str
) -> None:
    """Test 5, and 4: the printed /T/ opens what /t/ opens."""
    code = STATES[state](world)
    status, words = {**OWN[who], **EVERYWHERE}[state]
    browser = browser_of(who, visitor, signed_in)
    for path in (f"/t/{code}", f"/T/{code}", f"/t/{code.lower()}"):
        answer = browser.get(path)
        assert (answer.status_code, words in answer.text) == (status, True), path
    if status != 200:
        for name in (world.room.name, world.devices[0].name, "A-P01", "客户A"):
            assert name not in answer.text


@pytest.mark.parametrize("who", ["engineer-elsewhere", "client-elsewhere", "desk-elsewhere"])
@pytest.mark.parametrize("state", STATES)
def test_tags_05_another_clients_tags_look_unknown(
    world: World, signed_in: SignIn, state: str, who: str
) -> None:
    code = STATES[state](world)
    browser = signed_in(who)
    browser.set_cookie("lang", "en")
    claims = state == "provider's blank" and not who.startswith("client")
    answer = browser.get(f"/t/{code}")
    assert answer.status_code == (200 if claims else 404)
    assert (CLAIM if claims else UNKNOWN) in answer.text
    assert world.room.code not in answer.text


def test_tags_05_blank_unknown_and_malformed_are_one_page_to_a_stranger(
    world: World, visitor: FlaskClient
) -> None:
    pages = set()
    for state in ("blank", "provider's blank", "unknown", "malformed"):
        code = STATES[state](world)
        answer = visitor.get(f"/t/{code}")
        pages.add((answer.status_code, answer.data))
        signing_in = visitor.get(f"/t/{code}?sign-in")
        assert signing_in.location == f"/sign-in?next=/t/{code}"
    assert len(pages) == 1


def test_tags_05_strangers_are_slowed_down(world: World, visitor: FlaskClient) -> None:
    door.limiter.reset()
    answers = [visitor.get(f"/t/{codes.new()}").status_code for _ in range(62)]
    assert answers[:60] == [404] * 60
    assert answers[-1] == 429


@pytest.mark.parametrize("who", ["anonymous", "engineer-a"])
def test_tags_08_the_host_of_a_request_is_never_printed(
    world: World, signed_in: SignIn, visitor: FlaskClient, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Test 8: neither on paper nor on a page."""
    monkeypatch.setenv("BASE_URL", "https://av.example.com")
    current.cache_clear()
    browser = browser_of(who, visitor, signed_in)
    spoofed = {"Host": "evil.example", "Origin": "http://evil.example"}
    if cookie := browser.get_cookie("roundtag"):
        browser.set_cookie("roundtag", cookie.value, domain="evil.example")
    for path in (f"/t/{world.tags[0]}", "/tags/sheets", f"/tags/rooms/{world.room.id}"):
        assert "evil.example" not in browser.get(path, headers=spoofed).text
    if who == "engineer-a":
        data = {"tag": world.tags[0], "stock": "L7160", "start": "1"}
        plain = browser.post("/tags/sheets", data=data)
        other = browser.post("/tags/sheets", data=data, headers=spoofed)
        assert plain.data == other.data
    current.cache_clear()


def claim_form(browser: FlaskClient, path: str) -> dict[str, str]:
    [form] = [f for f in Page(browser.get(path).text).forms if f.action.split("?")[0]
              .endswith("/claim")]  # fmt: skip
    return form.filled()


def test_a_blank_is_claimed_by_taps_alone(world: World, engineer: FlaskClient) -> None:
    engineer.set_cookie("lang", "en")
    code = blank_of(world)
    bare = Device.create(client=world.client_id, room=world.room.id, name="新屏", code="A-N1",
                         category="display")  # fmt: skip
    first = engineer.get(f"/T/{code}")
    assert f'href="/t/{code}?room={world.room.id}"' in first.text
    assert codes.word(code) in first.text
    second = engineer.get(f"/t/{code}?room={world.room.id}")
    assert second.text.index("新屏") < second.text.index("投影机 1")
    data = {**claim_form(engineer, f"/t/{code}?room={world.room.id}"),
            "target": f"device:{bare.id}"}  # fmt: skip
    for _ in range(2):  # a double tap
        done = engineer.post(f"/t/{code}/claim", data=data)
        assert (done.status_code, done.location) == (303, f"/t/{code}")
    assert "新屏" in engineer.get(f"/t/{code}").text
    assert [e.kind for e in TagEvent.select().where(TagEvent.tag == code)] == ["claimed"]
    assert "Where you were last" in engineer.get(f"/t/{blank_of(world)}").text


def test_claiming_for_what_bears_a_label_asks_first(world: World, engineer: FlaskClient) -> None:
    engineer.set_cookie("lang", "en")
    code = blank_of(world)
    path = f"/t/{code}/claim"
    asked = engineer.post(path, data={"target": f"device:{world.devices[0].id}",
                                        "room": str(world.room.id)})  # fmt: skip
    assert asked.status_code == 422
    assert "Is that one replaced?" in asked.text
    [form] = [f for f in Page(asked.text).forms if f.action.endswith("/claim")]
    done = engineer.post(form.action, data=form.filled())
    assert (done.status_code, done.location) == (303, f"/t/{code}")
    assert Tag.get_by_id(world.tags[0]).replaced_by == code
    late = engineer.post(path, data={"target": f"device:{world.devices[1].id}"})
    assert late.status_code == 303
    assert "engineer-a 先生 has claimed this label before you" in engineer.get(late.location).text


@pytest.mark.parametrize(
    "target", ["", "device:", "device:x", "device:²", "desk:1", "room:99999999"]
)
def test_a_claim_for_nothing_is_refused(world: World, engineer: FlaskClient, target: str) -> None:
    code, before = blank_of(world), snapshot(Submission)
    answer = engineer.post(f"/t/{code}/claim", data={"target": target})
    assert answer.status_code in {404, 422}
    assert snapshot(Submission) == before


def test_who_may_not_claim_learns_nothing(
    world: World, visitor: FlaskClient, signed_in: SignIn
) -> None:
    code, data = blank_of(world), {"target": f"device:{world.devices[0].id}"}
    client, stranger = signed_in("client-all"), signed_in("engineer-elsewhere")
    before = snapshot(Submission)
    asked = visitor.post(f"/t/{code}/claim", data=data)
    assert (asked.status_code, asked.location) == (303, "/sign-in")
    assert client.post(f"/t/{code}/claim", data=data).status_code == 403
    assert stranger.post(f"/t/{code}/claim", data=data).status_code == 404
    assert snapshot(Submission) == before


def test_a_label_is_replaced_at_the_device_in_two_taps(world: World, engineer: FlaskClient) -> None:
    page = engineer.get(f"/t/{world.tags[0]}")
    link = f"/tags/{world.tags[0]}/replacement"
    assert f'href="{link}"' in page.text
    form = next(f for f in Page(engineer.get(link).text).forms if f.action == link)
    done = engineer.post(link, data={**form.filled(), "reason": "lost"})
    fresh = Tag.get_by_id(world.tags[0]).replaced_by
    assert (done.status_code, done.location) == (303, f"/tags/{fresh}")
    shown = engineer.get(done.location).text
    assert f'href="/tags/sheets?tag={fresh}"' in shown
    assert f'href="/scan?device={world.devices[0].id}"' in shown
    wanted = engineer.get(f"/scan?device={world.devices[0].id}")
    assert world.devices[0].name in wanted.text
    code = blank_of(world)
    sent = engineer.get(f"/scan?device={world.devices[0].id}&code={code}")
    assert sent.location == f"/t/{code}?device={world.devices[0].id}"
    assert engineer.post(link, data={"reason": "stolen"}).status_code == 303


def test_a_scan_of_a_lost_label_is_told_once_a_day(
    world: World, visitor: FlaskClient, engineer: FlaskClient
) -> None:
    code = lost(world)
    for path in (f"/t/{code}", f"/T/{code}", f"/T/{code}"):
        assert visitor.get(path).status_code == 200
        engineer.get(path, headers={"X-Pack": "1"})
    kinds = [e.kind for e in TagEvent.select().where(TagEvent.tag == code).order_by(TagEvent.id)]
    assert kinds == ["lost", "seen"]
    assert Notification.select().where(Notification.kind == "lost-tag-seen").count() >= 1
    back = engineer.post(f"/tags/{code}/state", data={"to": "found"})
    assert back.status_code == 303
    assert Tag.get_by_id(code).state == "bound"


def test_the_list_filters_and_acts_on_many(world: World, signed_in: SignIn) -> None:
    desk = signed_in("manager-all")
    desk.set_cookie("lang", "en")
    blank = blank_of(world)
    assert codes.show(blank) in desk.get("/tags?state=blank").text
    assert codes.show(blank) not in desk.get("/tags?state=bound").text
    for odd in ("/tags?page=0", "/tags?page=99999999999999", "/tags?batch=x&room=-1&state=x&q=%00"):
        assert desk.get(odd).status_code == 200
    tags = list(world.tags)
    gone = desk.post("/tags/bulk", data={"action": "print", "tag": tags})
    assert gone.location == f"/tags/sheets?tag={tags[0]}&tag={tags[1]}"
    desk.post("/tags/bulk", data={"action": "lost", "tag": tags})
    assert {Tag.get_by_id(code).state for code in tags} == {"lost"}
    asked = desk.post("/tags/bulk", data={"action": "revoked", "tag": tags})
    assert asked.status_code == 200
    assert {Tag.get_by_id(code).state for code in tags} == {"lost"}
    [form] = [f for f in Page(asked.text).forms if f.action == "/tags/bulk"]
    assert re.search("Revoke 2 labels for good", asked.text)
    desk.post("/tags/bulk", data={**form.filled(), "tag": tags})
    assert {Tag.get_by_id(code).state for code in tags} == {"revoked"}
    for data in ({}, {"action": "dance", "tag": tags}, {"action": "lost"}):
        assert desk.post("/tags/bulk", data=data).status_code == 303


def test_a_batch_leads_to_its_sheet_and_into_the_print_log(world: World, signed_in: SignIn) -> None:
    desk = signed_in("manager-all")
    desk.set_cookie("lang", "en")
    bad = desk.post("/tags/batches", data={"count": "2001", "note": "keep me", "client": ""})
    assert bad.status_code == 422
    assert "keep me" in bad.text
    assert "1 to 2000" in bad.text
    done = desk.post("/tags/batches", data={"count": "5", "client": str(world.client_id)})
    batch = TagBatch.get()
    assert done.location == f"/tags/batches/{batch.id}"
    assert f'href="/tags/sheets?batch={batch.id}"' in desk.get(done.location).text
    sheet = Page(desk.get(f"/tags/sheets?batch={batch.id}").text)
    chosen = [e.get("value") for e in sheet.elements
              if e.get("name") == "tag" and "checked" in e.attributes]  # fmt: skip
    assert len(chosen) == 5
    made = desk.post("/tags/sheets", data={"tag": chosen, "stock": "L7160", "start": "3"})
    assert made.mimetype == "application/pdf"
    [kept] = PrintRun.select()
    assert (kept.count, kept.start, kept.client_id) == (5, 3, world.client_id)
    log = desk.get("/tags/log")
    assert f"/tags/sheets?run={kept.id}" in log.text
    again = Page(desk.get(f"/tags/sheets?run={kept.id}").text)
    assert [e.get("value") for e in again.elements
            if e.get("name") == "tag" and "checked" in e.attributes] == chosen  # fmt: skip


def test_a_sheet_with_a_lost_label_is_refused_by_name(world: World, engineer: FlaskClient) -> None:
    engineer.set_cookie("lang", "en")
    code = lost(world)
    data = {"tag": [code, world.tags[1]], "stock": "L7160", "start": "1"}
    refused = engineer.post("/tags/sheets", data=data)
    assert refused.status_code == 422
    assert f"Not printed: {codes.show(code)}" in refused.text
    assert not PrintRun.select().exists()


def test_a_label_of_the_wrong_room_leads_to_a_report(world: World, engineer: FlaskClient) -> None:
    engineer.set_cookie("lang", "en")
    path = f"/tags/rooms/{world.room.id}"
    right = engineer.get(path, query_string={"code": world.tags[0]})
    assert "Right: this label belongs to" in right.text
    foreign = engineer.get(path, query_string={"code": "https://evil.example/t/7K3M9QX2PD"})
    assert "does not lead to this site" in foreign.text
    [link] = [e.get("href") for e in Page(foreign.text).elements
              if e.get("href").startswith("/fake?")]  # fmt: skip
    form = next(f for f in Page(engineer.get(link).text).forms if f.action == "/fake")
    filled = form.filled()
    assert filled["found"] == "evil.example"
    assert filled["why"] == "foreign"
    done = engineer.post("/fake", data={**filled, "tag": world.room_tag})
    fault = Fault.get(Fault.symptom == "fake_tag")
    assert (done.status_code, done.location) == (303, f"/faults/{fault.id}")
    assert "Suspected fake label" in engineer.get(done.location).text
    engineer.post("/fake", data={**filled, "tag": world.room_tag})
    assert Fault.select().where(Fault.symptom == "fake_tag").count() == 1


def test_a_report_that_lacks_something_keeps_what_was_typed(
    world: World, engineer: FlaskClient
) -> None:
    engineer.set_cookie("lang", "en")
    for tag in ("", codes.new(), "?"):
        bad = engineer.post("/fake", data={"tag": tag, "why": "word", "found": "K7Q2"})
        assert bad.status_code == 422
        assert 'value="K7Q2"' in bad.text
    assert not Fault.select().exists()


def test_a_typed_foreign_address_is_never_opened(world: World, engineer: FlaskClient) -> None:
    engineer.set_cookie("lang", "en")
    answer = engineer.get("/scan", query_string={"code": f"https://evil.example/t/{world.tags[0]}"})
    assert answer.status_code == 422
    assert "does not lead to this site" in answer.text
    own = engineer.get("/scan", query_string={"code": f"http://localhost/t/{world.tags[0]}"})
    assert own.location == f"/t/{world.tags[0]}"


def test_pages_show_the_word_printed_on_the_label_that_was_scanned(
    world: World, visitor: FlaskClient, engineer: FlaskClient
) -> None:
    old = replaced(world)
    for browser in (visitor, engineer):
        assert codes.word(old) in browser.get(f"/T/{old}").text
    assert codes.word(world.room_tag) in visitor.get(f"/t/{world.room_tag}").text
    assert codes.word(old) in engineer.get(f"/tags/{old}").text


def test_nobody_reads_or_changes_another_clients_tags(world: World, signed_in: SignIn) -> None:
    stranger = signed_in("engineer-elsewhere")
    blank = blank_of(world)
    batch = TagBatch.get()
    before = snapshot(Submission)
    paths = (f"/tags/{blank}", f"/tags/{world.tags[0]}", f"/tags/rooms/{world.room.id}",
             f"/tags/sheets?batch={batch.id}", f"/tags/{world.tags[0]}/replacement")  # fmt: skip
    for path in paths:
        assert stranger.get(path).status_code == 404, path
    assert codes.show(blank) not in stranger.get("/tags").text
    for data in ({"to": "lost"}, {"to": "found"}, {"to": "revoked"}):
        assert stranger.post(f"/tags/{world.tags[0]}/state", data=data).status_code == 404
    assert (
        stranger.post("/tags/bulk", data={"action": "lost", "tag": world.tags}).status_code == 404
    )
    assert snapshot(Submission) == before
