"""Sync v1 as docs/sync.md promises it to any client: every reply, and what it leaves behind."""

import base64
import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from roundtag.blobs import MAX_BYTES
from roundtag.commands import Photo
from roundtag.models import Fault, Inspection, OtherBody, Person, Submission
from roundtag.settings import current
from tests import world as worlds
from tests.seeing import count_queries, snapshot
from tests.web.conftest import SignIn
from tests.web.phone import SYNC, phone
from tests.world import World

JPEG = {**SYNC, "Content-Type": "image/jpeg"}


def post(browser: FlaskClient, envelope: dict[str, Any], **headers: str) -> TestResponse:
    return browser.post(f"/sync/{envelope['id']}", json=envelope, headers={**SYNC, **headers})


def put(browser: FlaskClient, digest: str, data: bytes, **headers: str) -> TestResponse:
    return browser.put(f"/sync/photos/{digest}", data=data, headers={**JPEG, **headers})


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem of an answer, after seeing that it has the form that all problems have."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body = json.loads(answer.text)
    assert body["type"].rsplit("/", 1)[1] == code, body
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert answer.headers["Cache-Control"] == "no-store"
    return body


@pytest.fixture
def fault(world: World) -> Callable[..., dict[str, Any]]:
    """fault(**more) → the envelope of a report by client A's engineer."""

    def make(**more: Any) -> dict[str, Any]:
        return phone("fault", worlds.fault_form(world), world.engineer.person_id, **more)

    return make


Make = Callable[..., dict[str, Any]]


def test_whoami_answers_with_and_without_a_session(
    visitor: FlaskClient, engineer: FlaskClient, world: World
) -> None:
    for browser in (visitor, engineer):
        answer = browser.get("/sync/whoami")
        assert answer.status_code == 200
        assert answer.content_type == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        body = answer.json
        assert set(body) >= {"user", "server_time", "sync", "build"}
        assert body["sync"] == 1
        assert body["server_time"].endswith("Z")
    assert visitor.get("/sync/whoami").json["user"] is None
    me = engineer.get("/sync/whoami").json["user"]
    assert me == {"id": world.engineer.person_id, "name": "engineer-a 先生"}


def test_the_key_that_seals_is_given_to_its_person_alone(
    visitor: FlaskClient, engineer: FlaskClient, signed_in: SignIn, world: World
) -> None:
    answer = engineer.get("/sync/seal-key", headers=SYNC)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.json["owner"], answer.json["name"]) == (
        world.engineer.person_id,
        "engineer-a 先生",
    )
    assert len(base64.b64decode(answer.json["key"])) == 32
    assert engineer.get("/sync/seal-key", headers=SYNC).json == answer.json
    assert (
        signed_in("manager-a").get("/sync/seal-key", headers=SYNC).json["key"]
        != (answer.json["key"])
    )
    problem(visitor.get("/sync/seal-key", headers=SYNC), 401, "sign-in")
    problem(engineer.get("/sync/seal-key"), 403, "cross-site")


@pytest.mark.parametrize("form", ["inspection", "swap", "fault"])
def test_first_201_then_200_with_one_receipt(
    engineer: FlaskClient, world: World, form: str
) -> None:
    fields = {"inspection": worlds.check_form, "swap": worlds.swap_form, "fault": worlds.fault_form}
    sent = phone(form, fields[form](world), world.engineer.person_id)
    first = post(engineer, sent)
    assert first.status_code == 201, first.text
    receipt = first.json
    assert (receipt["id"], receipt["sha256"]) == (sent["id"], sent["sha256"])
    assert (receipt["outcome"], receipt["missing"]) == ("done", [])
    assert receipt["message"]
    assert receipt["url"].startswith("/")
    assert engineer.get(receipt["url"]).status_code == 200
    before = snapshot()
    again = post(engineer, {**sent, "sent_at": "2026-12-01T00:00:00.000Z"})
    assert again.status_code == 200
    assert again.json == receipt
    assert snapshot() == before


def test_the_address_may_spell_the_id_in_capitals(engineer: FlaskClient, fault: Make) -> None:
    sent = fault()
    answer = engineer.post(f"/sync/{sent['id'].upper()}", json=sent, headers=SYNC)
    assert answer.status_code == 201
    assert answer.json["id"] == sent["id"]


def test_no_session_is_401_and_never_a_redirect(
    visitor: FlaskClient, disabled: FlaskClient, fault: Make
) -> None:
    before = snapshot()
    for browser in (visitor, disabled):
        for accept in ("*/*", "text/html", "application/json"):
            problem(post(browser, fault(), Accept=accept), 401, "sign-in")
            problem(put(browser, "0" * 64, b"x", Accept=accept), 401, "sign-in")
    assert snapshot() == before


@pytest.mark.parametrize("headers", [
    {"X-Roundtag-Sync": ""}, {"X-Roundtag-Sync": "2"}, {"Origin": "https://evil.example"},
    {"Origin": "null"}, {"Origin": "http://["}, {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://localhost.evil.example"},
])  # fmt: skip
def test_other_sites_and_plain_forms_are_kept_out(
    engineer: FlaskClient, fault: Make, headers: dict[str, str]
) -> None:
    before = snapshot()
    problem(post(engineer, fault(), **headers), 403, "cross-site")
    problem(put(engineer, "0" * 64, b"x", **headers), 403, "cross-site")
    assert snapshot() == before


def test_without_the_header_nothing_is_taken(engineer: FlaskClient, fault: Make) -> None:
    sent = fault()
    problem(engineer.post(f"/sync/{sent['id']}", json=sent), 403, "cross-site")
    answer = engineer.put("/sync/photos/" + "0" * 64, data=b"x", content_type="image/png")
    problem(answer, 403, "cross-site")


def test_a_role_without_the_right_is_forbidden(
    signed_in: SignIn, world: World, fault: Make
) -> None:
    auditor = signed_in("auditor-all")
    problem(post(auditor, fault()), 403, "forbidden")
    viewer = signed_in("viewer-a")
    sent = phone("swap", worlds.swap_form(world), world.viewer.person_id)
    problem(post(viewer, sent), 403, "forbidden")


def test_another_persons_entry_needs_a_carrier(
    signed_in: SignIn, world: World, fault: Make
) -> None:
    manager, sent = signed_in("manager-a"), fault()
    me = world.manager.person_id
    problem(post(manager, sent), 403, "other-owner")
    problem(post(manager, {**sent, "carrier": world.viewer.person_id}), 403, "other-owner")
    problem(post(manager, {**sent, "owner": 10**9, "carrier": me}), 403, "other-owner")
    assert Submission.get_or_none(Submission.id == sent["id"]) is None
    assert post(manager, {**sent, "carrier": me}).status_code == 201
    kept = Submission.get_by_id(sent["id"])
    assert (kept.owner_id, kept.carrier_id) == (world.engineer.person_id, me)
    assert Fault.get().reporter_id == world.engineer.person_id


def test_a_carrier_has_the_owners_rights_and_no_more(signed_in: SignIn, world: World) -> None:
    manager, me = signed_in("manager-a"), world.manager.person_id
    sent = phone("swap", worlds.swap_form(world), world.viewer.person_id, carrier=me)
    problem(post(manager, sent), 403, "forbidden")


def test_a_disabled_owners_entry_is_kept_for_review(
    signed_in: SignIn, world: World, fault: Make
) -> None:
    Person.update(active=False).where(Person.id == world.engineer.person_id).execute()
    manager, sent = signed_in("manager-a"), fault(carrier=world.manager.person_id)
    assert post(manager, sent).json["outcome"] == "review"
    assert Fault.select().count() == 0
    assert post(manager, sent).status_code == 200


def test_another_body_under_a_known_id(engineer: FlaskClient, world: World, fault: Make) -> None:
    sent = fault()
    assert post(engineer, sent).status_code == 201
    fields = worlds.fault_form(world, description="other words")
    other = phone("fault", fields, sent["owner"], key=sent["id"])
    for _ in range(2):
        found = problem(post(engineer, other), 409, "other-body")
        assert found["stored_sha256"] == sent["sha256"]
    assert [row.sha256 for row in OtherBody.select()] == [other["sha256"]]
    assert Fault.select().count() == 1
    renewed = {**other, "id": worlds.new_id(), "supersedes": sent["id"]}
    assert post(engineer, renewed).status_code == 201


def test_a_colleague_cannot_take_a_known_id(
    engineer: FlaskClient, signed_in: SignIn, world: World, fault: Make
) -> None:
    sent = fault()
    post(engineer, sent)
    problem(post(signed_in("manager-a"), {**sent, "owner": world.manager.person_id}),
            409, "other-body")  # fmt: skip


def test_a_conflict_is_a_receipt(engineer: FlaskClient, world: World) -> None:
    owner = world.engineer.person_id
    assert post(engineer, phone("swap", worlds.swap_form(world), owner)).json["outcome"] == "done"
    late = phone("swap", worlds.swap_form(world, new_serial="SPA2"), owner)
    answer = post(engineer, late)
    assert (answer.status_code, answer.json["outcome"]) == (201, "conflict")
    assert post(engineer, late).json == answer.json


def test_too_large(engineer: FlaskClient, fault: Make) -> None:
    sent = fault()
    big = json.dumps({**sent, "padding": "x" * (512 * 1024)}).encode()
    problem(engineer.post(f"/sync/{sent['id']}", data=big, content_type="application/json",
                          headers=SYNC), 413, "too-large")  # fmt: skip
    streamed = engineer.post(f"/sync/{sent['id']}", input_stream=io.BytesIO(big), headers=SYNC,
                             content_type="application/json",
                             environ_overrides={"wsgi.input_terminated": True})  # fmt: skip
    problem(streamed, 413, "too-large")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "",
                                  "multipart/form-data; boundary=x"])  # fmt: skip
def test_another_media_type(engineer: FlaskClient, fault: Make, kind: str) -> None:
    sent = fault()
    answer = engineer.post(f"/sync/{sent['id']}", data=json.dumps(sent), content_type=kind,
                           headers=SYNC)  # fmt: skip
    problem(answer, 415, "media-type")


def test_bad_fields_are_all_named_and_the_id_stays_free(
    engineer: FlaskClient, world: World
) -> None:
    fields = worlds.check_form(world, **{"item.lamp": "abc", "item.filter": "?", "item.image": ""})
    sent, before = phone("inspection", fields, world.engineer.person_id), snapshot()
    found = problem(post(engineer, sent), 422, "invalid")["errors"]
    assert {e["field"] for e in found} == {"item.lamp", "item.filter", "item.image"}
    assert all(e["code"] and e["message"] for e in found)
    assert snapshot() == before
    good = phone("inspection", worlds.check_form(world), world.engineer.person_id, key=sent["id"])
    assert post(engineer, good).status_code == 201


BAD = {
    "sync": [2, "1", None, ...],
    "id": ["x", 7, None, ..., "6f1c1c1e-0000-4000-8000-00000000000g"],
    "form": [7, None, ..., "x" * 41, "a\0b"],
    "install_id": [None, ..., "\ud800", "\0"],
    "app_version": ["\0", "x" * 81, {}],
    "form_version": ["\udfff", []],
    "seq": [-1, 1.5, "1", True, 2**31, 10**30, ...],
    "owner": [None, "7", ..., -1, 1.0],
    "carrier": ["7", -1, 2.5],
    "claimed_at": ["yesterday", None, "2026-01-01", "2026-01-01T00:00:00", 7, ...],
    "sent_at": ["9999-12-31T23:59:59-12:00", "", ...],
    "body": ["{}", "[1]", '[["a"]]', '[["a",1]]', "nonsense", "", None, 7, "[" * 5000, ...],
    "sha256": ["0" * 64, "", None, ...],
    "blobs": [None, {}, "x", [1], [{}], [{"sha256": "../x", "mime": "image/png", "size": 1}], ...,
              [{"sha256": "a" * 64, "mime": "image/png", "size": 0}],
              [{"sha256": "a" * 64, "mime": "image/png", "size": 5}]],
    "supersedes": [7, "\0"],
}  # fmt: skip


@pytest.mark.parametrize("member", sorted(BAD))
def test_a_bad_member_is_named(engineer: FlaskClient, fault: Make, member: str) -> None:
    before = snapshot()
    for value in BAD[member]:
        sent = fault()
        address = sent["id"]
        broken = {k: v for k, v in {**sent, member: value}.items() if v is not ...}
        if member == "body" and isinstance(value, str):
            broken["sha256"] = hashlib.sha256(value.encode()).hexdigest()
        answer = engineer.post(f"/sync/{address}", json=broken, headers=SYNC)
        if member == "owner" and value in (-1, "7", 1.0, None):
            assert answer.status_code in {403, 422}
            continue
        found = problem(answer, 422, "invalid")
        assert member in {e["field"] for e in found["errors"]} or member in {"blobs", "body"}, value
    assert snapshot() == before


@pytest.mark.parametrize("data", [b"", b"{", b"null", b"[]", b'"x"', b"7", b"\xff\xfe", b"NaN",
                                  b'{"sync":1' * 3, b"[" * 100_000, b'{"a":' * 50_000])  # fmt: skip
def test_what_is_no_envelope(engineer: FlaskClient, data: bytes) -> None:
    answer = engineer.post(f"/sync/{worlds.new_id()}", data=data, headers=SYNC,
                           content_type="application/json")  # fmt: skip
    assert problem(answer, 422, "invalid")["errors"]


def test_hostile_text_inside_a_body_is_kept_harmless(engineer: FlaskClient, world: World) -> None:
    body = json.dumps([["tag", world.tags[0]], ["symptom", "other"],
                       ["description", "a\0b\ud800 <script>"]])  # fmt: skip
    sent = phone("fault", {}, world.engineer.person_id, body=body)
    assert post(engineer, sent).status_code == 201
    assert Fault.get().description.startswith("ab")
    assert "<script>" not in engineer.get(f"/faults/{Fault.get().id}").text.split("<main")[1]


def test_an_unknown_form_is_kept_for_review(engineer: FlaskClient, fault: Make) -> None:
    answer = post(engineer, {**fault(), "form": "form-of-tomorrow"})
    assert (answer.status_code, answer.json["outcome"]) == (201, "review")


@pytest.fixture
def with_photo(engineer: FlaskClient, world: World) -> tuple[dict[str, Any], bytes, str]:
    """A submission that names a photo, that photo's bytes, its hash."""
    data, photo = worlds.jpeg()
    fields = worlds.fault_form(world, photo=f"blob:{photo.sha256}")
    sent = phone("fault", fields, world.engineer.person_id, photos=(photo,))
    answer = post(engineer, sent)
    assert (answer.status_code, answer.json["missing"]) == (201, [photo.sha256])
    return sent, data, photo.sha256


def test_body_then_photo_then_body(
    engineer: FlaskClient, with_photo: tuple[dict[str, Any], bytes, str]
) -> None:
    sent, data, digest = with_photo
    assert post(engineer, sent).json["missing"] == [digest]
    first = put(engineer, digest, data)
    assert first.status_code == 201
    assert first.json["sha256"] == digest
    assert first.json["size"] == len(data)
    again = put(engineer, digest, data)
    assert (again.status_code, again.json) == (200, first.json)
    assert post(engineer, sent).json["missing"] == []


def test_a_submission_costs_so_many_statements(
    engineer: FlaskClient, world: World, store_kind: str
) -> None:
    """A full queue sends hundreds: whoever adds a question to each of them says so here."""
    data, photo = worlds.jpeg("teal")
    fields = worlds.fault_form(world, photo=f"blob:{photo.sha256}")
    sent = phone("fault", fields, world.engineer.person_id, photos=(photo,))
    with count_queries() as at_the_body:
        assert post(engineer, sent).status_code == 201
    with count_queries() as at_the_photo:
        assert put(engineer, photo.sha256, data).status_code == 201
    assert (_without_marks(at_the_body), _without_marks(at_the_photo)) == (
        {"sqlite": 34, "postgresql": 35}[store_kind], 8 if current().bucket else 7)  # fmt: skip


def _without_marks(sent: list[str]) -> int:
    """Statements but for those of the savepoint that a test itself makes of a transaction."""
    return sum("SAVEPOINT" not in sql for sql in sent)


def test_a_photos_reply_names_what_it_completes(
    engineer: FlaskClient, world: World, with_photo: tuple[dict[str, Any], bytes, str]
) -> None:
    """Another entry lists the same photo and misses one more: it is not complete yet."""
    one, data, _ = with_photo
    more, second = worlds.jpeg("maroon")
    both = tuple(Photo(digest, "image/jpeg", size) for digest, size in
                 ((with_photo[2], len(data)), (second.sha256, len(more))))  # fmt: skip
    pairs = [*worlds.fault_form(world).items(), *(("photo", f"blob:{p.sha256}") for p in both)]
    body = json.dumps([list(pair) for pair in pairs], separators=(",", ":"))
    two = phone("fault", {}, world.engineer.person_id, photos=both, body=body)
    assert post(engineer, two).json["missing"] == sorted(photo.sha256 for photo in both)

    def completed(digest: str, data: bytes) -> list[str]:
        named = put(engineer, digest, data).json["complete"]
        assert all(each["sha256"] in (one["sha256"], two["sha256"]) for each in named)
        return sorted(each["id"] for each in named)

    assert completed(with_photo[2], data) == [one["id"]]
    assert completed(second.sha256, more) == [two["id"]]
    assert completed(with_photo[2], data) == sorted([one["id"], two["id"]])


def test_a_photo_that_nobody_lists(
    engineer: FlaskClient, signed_in: SignIn, with_photo: tuple[dict[str, Any], bytes, str]
) -> None:
    _, data, digest = with_photo
    for name in ("0" * 64, digest.upper(), "x", "%00", "..", digest + "0"):
        problem(put(engineer, name, data), 404, "unlisted")
    problem(put(signed_in("manager-a"), digest, data), 404, "unlisted")


@pytest.mark.parametrize("data", [b"", b"other bytes", worlds.jpeg()[0][:-1]])
def test_wrong_bytes_under_a_listed_name(
    engineer: FlaskClient, with_photo: tuple[dict[str, Any], bytes, str], data: bytes
) -> None:
    before = snapshot()
    found = problem(put(engineer, with_photo[2], data), 422, "hash")
    assert found["errors"][0]["field"] == "photo"
    assert snapshot() == before


def test_a_photo_too_large_and_of_another_type(
    engineer: FlaskClient, world: World, with_photo: tuple[dict[str, Any], bytes, str]
) -> None:
    _, data, digest = with_photo
    problem(put(engineer, digest, bytes(MAX_BYTES + 1)), 413, "too-large")
    for kind in ("application/json", "text/html", "application/octet-stream"):
        problem(put(engineer, digest, data, **{"Content-Type": kind}), 415, "media-type")


def test_a_listed_file_that_is_no_photo(engineer: FlaskClient, world: World) -> None:
    data = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    digest = hashlib.sha256(data).hexdigest()
    fields = worlds.fault_form(world, photo=f"blob:{digest}")
    blobs = [{"sha256": digest, "mime": "image/svg+xml", "size": len(data)}]
    answer = post(engineer, phone("fault", fields, world.engineer.person_id, blobs=blobs))
    assert answer.json["missing"] == [digest]
    assert put(engineer, digest, data).status_code == 415


def test_messages_speak_the_readers_language(
    engineer: FlaskClient, visitor: FlaskClient, fault: Make
) -> None:
    sent = fault()
    for language, words in (("en", "Sign in"), ("zh", "登录")):
        answer = post(visitor, sent, **{"Accept-Language": language})
        assert words in problem(answer, 401, "sign-in")["detail"]
    assert "故障" in post(engineer, sent, **{"Accept-Language": "zh"}).json["message"]
    assert "Fault" in post(engineer, sent, **{"Accept-Language": "en"}).json["message"]


def test_wrong_methods_and_addresses_are_problems_too(engineer: FlaskClient) -> None:
    problem(engineer.get(f"/sync/{worlds.new_id()}", headers=SYNC), 404, "not-found")
    problem(engineer.put(f"/sync/{worlds.new_id()}", headers=SYNC), 405, "method")
    problem(engineer.get("/sync/a/b/c", headers=SYNC), 404, "not-found")
    problem(engineer.delete("/sync/whoami", headers=SYNC), 405, "method")


def test_a_fault_of_ours_is_kept_for_review_and_later_told(
    engineer: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("as the test wants it")

    monkeypatch.setattr("roundtag.inspections.judging.judge", broken)
    sent = phone("inspection", worlds.check_form(world), world.engineer.person_id)
    answer = post(engineer, sent)
    assert (answer.status_code, answer.json["outcome"]) == (201, "review")
    assert Inspection.select().count() == 0


def test_a_full_disk_says_507(engineer: FlaskClient, monkeypatch: pytest.MonkeyPatch,
                              with_photo: tuple[dict[str, Any], bytes, str]) -> None:  # fmt: skip
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("roundtag.bytestore.folder.Folder.lay", full)
    monkeypatch.setattr("roundtag.bytestore.cache.Cache.lay", full)
    problem(put(engineer, with_photo[2], with_photo[1]), 507, "disk-full")
