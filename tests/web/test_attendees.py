"""What anybody at a label sees and sends: no script, no cookie, no account."""

import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from PIL import Image
from pillow_heif import register_heif_opener
from werkzeug.test import TestResponse

from roundtag import blobs, clock, links, settings
from roundtag.faults import admission
from roundtag.models import Attachment, Blob, Fault, FaultContact, Rating, Tag, TipHelped
from tags import codes as labels
from tests import world as worlds
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World


@pytest.fixture
def stranger(visitor: FlaskClient) -> FlaskClient:
    """An in-app browser that keeps no cookie."""
    visitor._cookies = None  # type: ignore[assignment]
    return visitor


def report(
    browser: FlaskClient, world: World, tail: str = "?lang=en", **more: object
) -> TestResponse:
    data = {"tag": world.room_tag, "symptom": "no_sound", **more}
    return browser.post(f"/t/{world.room_tag}/faults?lang=en", data=data,
                        content_type="multipart/form-data")  # fmt: skip


def upload(data: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), "photo.jpg"


def picture(form: str = "JPEG", size: tuple[int, int] = (3000, 2000), **more: object) -> bytes:
    register_heif_opener()
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, form, **more)
    return out.getvalue()


def resolve(fault: Fault, world: World) -> None:
    worlds.resolve(fault.id, world.engineer, "ok")


def test_the_language_of_the_address_stays_without_a_cookie(
    stranger: FlaskClient, world: World
) -> None:
    page = stranger.get(f"/t/{world.room_tag}?lang=en").text
    assert "What is not working?" in page
    answer = report(stranger, world)
    assert answer.status_code == 303
    assert answer.location.endswith("?lang=en")
    status = stranger.get(answer.location).text
    assert "Being handled" in status
    assert "?lang=zh" in status
    assert "处理中" in stranger.get(answer.location.replace("=en", "=zh")).text
    assert "没有" in stranger.get(f"/t/{world.room_tag}?lang=zh").text
    assert stranger.get(f"/t/{world.room_tag}?lang=%00<x>").status_code == 200


def test_the_switch_keeps_what_was_typed(stranger: FlaskClient, world: World) -> None:
    typed = {"description": "<b>dark</b>\nsecond", "contact": "+86 10", "symptom": "power",
             "urgent": "1", "submission_id": worlds.new_id(), "salt": "ab" * 16}  # fmt: skip
    before = snapshot()
    answer = stranger.post(f"/t/{world.room_tag}/language?lang=en",
                           data={"tag": world.room_tag, **typed, "photo": upload(b"x")},
                           content_type="multipart/form-data")  # fmt: skip
    assert answer.status_code == 200
    form = Page(answer.text).form(f"/t/{world.room_tag}/faults?lang=en")
    kept = form.filled()
    assert {name: kept[name] for name in typed} == typed
    assert "Choose the photo once more" in answer.text
    assert "<b>dark" not in answer.text
    assert snapshot() == before


def test_known_faults_come_first_and_me_too_is_one_form(
    stranger: FlaskClient, world: World
) -> None:
    report(stranger, world)
    page = stranger.get(f"/t/{world.room_tag}?lang=en").text
    assert page.index("Me too") < page.index('name="symptom"')
    shown = next(form for form in Page(page).forms if "same" in form.names)
    answer = stranger.post(shown.action, data=shown.filled())
    assert answer.status_code == 303
    states = [fault.state for fault in Fault.select().order_by(Fault.id)]
    assert states == ["reported", "duplicate"]
    assert "2 reports" in stranger.get(f"/t/{world.room_tag}?lang=en").text
    again = stranger.post(shown.action, data=shown.filled())
    assert (again.location, Fault.select().count()) == (answer.location, 2)


def test_unknown_and_malformed_are_one_answer_and_revoked_says_no_more(
    stranger: FlaskClient, world: World
) -> None:
    Tag.update(state="revoked").where(Tag.code << world.tags).execute()
    for codes, status in ((("0000000000", "nonsense"), 404), (world.tags, 410)):
        for path in ("faults", "language", "helped"):
            seen = [stranger.post(f"/t/{code}/{path}", data={"tag": code, "symptom": "power"})
                    for code in codes]  # fmt: skip
            assert {answer.status_code for answer in seen} == {status}, path
            assert len({answer.data for answer in seen}) == 1, path


def test_unknown_and_expired_links_are_one_answer(stranger: FlaskClient, world: World) -> None:
    report(stranger, world)

    old = links.grant("fault-status", Fault.get().id, clock.now() - timedelta(days=100))
    pages = [stranger.get(f"/status/{word}").data for word in (old, "x", "A" * 300)]
    assert pages[0] == pages[1] == pages[2]
    for deed in ("rating", "again"):
        assert stranger.post(f"/status/{old}/{deed}", data={"stars": "5"}).status_code == 404


def test_a_tip_helped_thanks_and_files_nothing(stranger: FlaskClient, world: World) -> None:
    page = Page(stranger.get(f"/t/{world.tags[0]}?lang=en").text)
    fields = {**page.form(f"/t/{world.tags[0]}/faults?lang=en").filled(), "symptom": "no_picture"}
    for _ in range(2):
        answer = stranger.post(f"/t/{world.tags[0]}/helped?lang=en", data=fields)
        assert answer.status_code == 303
    assert "Thank you for telling us" in stranger.get(answer.location).text
    assert (TipHelped.select().count(), Fault.select().count()) == (1, 0)
    bad = stranger.post(f"/t/{world.tags[0]}/helped", data={"symptom": "x"})
    assert bad.status_code == 422
    later = stranger.post(f"/t/{world.tags[0]}/faults?lang=en", data=fields)
    assert later.status_code == 303


def test_a_device_tag_chooses_its_device_and_shows_word_and_sign_in(
    stranger: FlaskClient, world: World
) -> None:
    page = stranger.get(f"/t/{world.tags[0]}?lang=en").text
    assert world.devices[0].name in page
    assert f'name="device" value="{world.tags[0]}"' in page
    assert f"Your label says {labels.word(world.tags[0])} too?" in page
    assert f'/sign-in?next=/t/{world.tags[0]}"' in page
    assert "must cool down" in page  # what helps with any projector


def test_a_large_photo_is_drawn_anew_without_its_facts(stranger: FlaskClient, world: World) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretMaker"
    noisy = Image.effect_noise((4000, 3000), 90).convert("RGB")
    out = io.BytesIO()
    noisy.save(out, "JPEG", quality=97, exif=exif)
    assert len(out.getvalue()) > blobs.MAX_BYTES
    assert report(stranger, world, photo=upload(out.getvalue())).status_code == 303
    kept = blobs.path_of(Blob.get().sha256).read_bytes()
    assert len(kept) < len(out.getvalue()) / 2
    assert b"SecretMaker" not in kept
    assert max(Image.open(io.BytesIO(kept)).size) == blobs.REDRAWN


@pytest.mark.parametrize("form", ["PNG", "WEBP", "HEIF"])
def test_other_kinds_of_photo_are_taken(stranger: FlaskClient, world: World, form: str) -> None:
    answer = report(stranger, world, photo=upload(picture(form, (320, 200))))
    assert answer.status_code == 303
    assert Blob.get().mime == "image/jpeg"


def test_a_full_quota_takes_the_report_and_says_so(
    stranger: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "takes_anonymous", lambda size: False)
    answer = report(stranger, world, photo=upload(picture(size=(320, 200))))
    assert answer.location.endswith("?lang=en&photo=full")
    assert "the photo was left out" in stranger.get(answer.location).text
    assert (Fault.select().count(), Attachment.select().count()) == (1, 0)


def test_the_quota_counts_what_strangers_sent(
    stranger: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANONYMOUS_PHOTOS_MB", "1")
    settings.current.cache_clear()
    assert blobs.takes_anonymous(1_000_000)
    report(stranger, world, photo=upload(picture(size=(320, 200))))
    assert not blobs.takes_anonymous(1_000_000)
    assert blobs.takes_anonymous(1_000_000 - Blob.get().size)


HOSTILE = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a\r\nSet-Cookie: x=1",
           "\0nul\0", "😀" * 50, "\u202eدعم فني\u202c", "{{7*7}}", "a" * 120]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_only_words(
    stranger: FlaskClient, signed_in: SignIn, world: World, text: str
) -> None:
    sent = {"description": text, "contact": text[:120], "salt": text}
    answer = report(stranger, world, **sent)
    assert answer.status_code == 303
    assert "x=1" not in str(answer.headers)
    shown = signed_in("desk-all").get(f"/faults/{Fault.get().id}").text
    assert "<script>alert" not in shown
    assert "onerror=alert(1)>" not in shown
    assert "{{7*7}}" in shown or "7*7" not in text
    again = report(stranger, world, symptom="", **sent)
    assert again.status_code == 422
    assert "<script>alert" not in again.text
    assert "<img src=x" not in again.text


def test_too_long_is_said_beside_its_field_and_kept(stranger: FlaskClient, world: World) -> None:
    answer = report(stranger, world, contact="9" * 121, description="d" * 2001)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert "120" in page.error("contact", "a-")
    assert "2000" in page.error("description", "a-")
    assert page.form(f"/t/{world.room_tag}/faults?lang=en").filled()["contact"] == "9" * 121


def test_rated_by_the_link_and_read_by_staff(
    stranger: FlaskClient, signed_in: SignIn, world: World
) -> None:
    where = report(stranger, world).location
    assert "How well was it done?" not in stranger.get(where).text
    resolve(Fault.get(), world)
    page = Page(stranger.get(where).text)
    form = next(one for one in page.forms if "stars" in one.names)
    bad = stranger.post(form.action, data={**form.filled(), "comment": "typed"})
    assert bad.status_code == 422
    assert "typed" in bad.text
    assert Page(bad.text).error("stars", "s-")
    data = {**form.filled(), "stars": "4", "comment": "<i>good</i>"}
    for _ in range(2):
        assert stranger.post(form.action, data=data).status_code == 303
    assert (Rating.select().count(), Rating.get().stars) == (1, 4)
    shown = signed_in("client-all").get(f"/faults/{Fault.get().id}").text
    assert "&lt;i&gt;good" in shown


def test_still_broken_without_a_script(stranger: FlaskClient, world: World) -> None:
    where = report(stranger, world).location
    resolve(Fault.get(), world)
    page = Page(stranger.get(where).text)
    form = next(one for one in page.forms if "/again" in one.action)
    answer = stranger.post(form.action, data=form.filled())
    assert answer.location != where
    assert Fault.select().count() == 2


def test_a_trap_is_answered_alike_and_waits_for_the_desk(
    stranger: FlaskClient, signed_in: SignIn, world: World
) -> None:
    good = report(stranger, world)
    trapped = report(stranger, world, symptom="power", website="spam", contact="1")
    assert (good.status_code, len(good.location)) == (trapped.status_code, len(trapped.location))
    fault = Fault.get(Fault.state == "quarantined")
    desk, engineer = signed_in("desk-all"), signed_in("engineer-a")
    desk.set_cookie("lang", "en")
    assert fault.number in desk.get("/faults?state=quarantined").text
    assert fault.number not in engineer.get("/faults?state=quarantined").text
    assert engineer.get(f"/faults/{fault.id}").status_code == 404
    bad = desk.post(f"/faults/{fault.id}/judgement", data={"decision": "dismiss"})
    assert bad.status_code == 422
    assert Page(bad.text).error("reason", "f-")
    done = desk.post(f"/faults/{fault.id}/judgement", data={"decision": "accept"})
    assert (done.status_code, Fault.get_by_id(fault.id).state) == (303, "reported")
    assert fault.number in engineer.get("/faults").text


def test_the_desk_erases_a_contact_by_a_button(
    stranger: FlaskClient, signed_in: SignIn, world: World
) -> None:
    report(stranger, world, contact="13800138000")
    path = f"/faults/{Fault.get().id}"
    assert "13800138000" not in signed_in("client-all").get(path).text
    desk = signed_in("desk-all")
    page = desk.get(path).text
    assert "13800138000" in page
    path_of_it = f"/erasure/fault_contact/{FaultContact.get().id}"
    assert path_of_it in page
    form = Page(desk.get(path_of_it).text).form(path_of_it).filled()
    assert desk.post(path_of_it, data=form | {"sure": "1"}).status_code == 303
    assert FaultContact.get().contact is None
    assert "13800138000" not in desk.get(path).text


def test_the_page_is_small_on_the_wire(visitor: FlaskClient, world: World) -> None:
    report(visitor, world)
    answer = visitor.get(f"/t/{world.room_tag}", headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert len(answer.data) <= 15_000
    assert not re.search(r"<(script|style)>", visitor.get(f"/t/{world.room_tag}").text)


def test_a_code_that_leads_nowhere_costs_no_drawing(
    stranger: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    monkeypatch.setattr(blobs, "redrawn", lambda data: drawn.append(len(data)) or data)
    for code, tag, count in (("x", "y", 1), ("0000000000", "0000000000", 1),
                             (world.tags[0], world.tags[0], 2)):  # fmt: skip
        photos = [(io.BytesIO(worlds.jpeg()[0]), f"{n}.jpg") for n in range(count)]
        data = {"tag": tag, "symptom": "power", "photo": photos}
        answer = stranger.post(f"/t/{code}/faults", data=data, content_type="multipart/form-data")
        assert answer.status_code in {404, 422}
    assert drawn == []


def test_a_report_put_aside_shows_its_photo_to_the_desk_alone(
    stranger: FlaskClient, signed_in: SignIn, world: World
) -> None:
    data = {"tag": world.tags[0], "symptom": "power", "website": "x",
            "photo": (io.BytesIO(worlds.jpeg()[0]), "a.jpg")}  # fmt: skip
    link = stranger.post(f"/t/{world.tags[0]}/faults", data=data,
                         content_type="multipart/form-data").location  # fmt: skip
    photo = Attachment.select().order_by(Attachment.id.desc()).get().id
    statuses = {name: signed_in(name).get(f"/photos/{photo}").status_code
                for name in ("viewer-a", "engineer-a", "desk-all")}  # fmt: skip
    assert statuses == {"viewer-a": 404, "engineer-a": 404, "desk-all": 200}
    count = Fault.select().count()
    stranger.post(link.split("?")[0] + "/again")
    assert Fault.select().count() == count


def test_a_room_takes_twenty_new_faults_an_hour_whatever_label_is_used(
    stranger: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "NEW_PER_ROOM", 3)
    for tag in (*world.tags, world.room_tag):
        for symptom in ("power", "no_sound", "network"):
            stranger.post(f"/t/{tag}/faults", data={"tag": tag, "symptom": symptom})
    assert Fault.select().where(Fault.state == "reported").count() == 3
