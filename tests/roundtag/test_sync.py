"""The door for submissions: every bad envelope named, nothing lost, nobody impersonated."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from roundtag import checklists, commands, history, rounds, sync
from roundtag.access import ATTENDEE, Actor
from roundtag.commands import Envelope, Photo
from roundtag.errors import Forbidden, Invalid, NotFound, OtherBody, TooLarge
from roundtag.models import Inspection, Leaf, Person, Submission, SubmissionBlob
from tests.seeing import at_once, counts, grown, snapshot
from tests.world import World, check_form, deliver, envelope, fault_form, jpeg, new_id, swap_form

ID = "0b5f5a0e-7a54-4b8e-9d3f-3c1f5b1e2a10"
BODY = '[["tag","X"]]'
GOOD: dict[str, Any] = {
    "sync": 1, "id": ID, "form": "fault", "form_version": "1", "app_version": "b1",
    "install_id": "phone-1", "seq": 7, "owner": 5, "carrier": None,
    "claimed_at": "2026-11-22T01:12:00.000Z", "sent_at": "2026-11-22T09:00:00.123Z",
    "body": BODY, "sha256": sync.digest_of(BODY), "blobs": [], "supersedes": None,
}  # fmt: skip


def parse(**changed: Any) -> Envelope:
    return sync.parse({**GOOD, **changed}, ID, ATTENDEE)


def test_a_sound_envelope_is_read_whole() -> None:
    read = parse(blobs=[{"sha256": "a" * 64, "mime": "image/jpeg", "size": 9}], carrier=6)
    assert (read.id, read.form, read.owner, read.carrier, read.seq) == (ID, "fault", 5, 6, 7)
    assert (read.body, read.sha256) == (BODY, GOOD["sha256"])
    assert read.photos == (Photo("a" * 64, "image/jpeg", 9),)
    assert read.claimed_at is not None
    assert read.claimed_at.isoformat() == "2026-11-22T01:12:00+00:00"
    assert read.supersedes is None


NAN, HUGE = float("nan"), 10**30
PHOTO = {"sha256": "a" * 64, "mime": "image/jpeg", "size": 9}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("sync", [None, 0, 2, "1", True, NAN, 1.0]),
        ("id", [None, "", 7, "x", ID[:-1], "\0" * 36, "\ud800", [ID], new_id()]),
        ("form", [None, 3, {}, "f" * 41, "a\0b", "\udfff"]),
        ("form_version", [1, {}, [], "v" * 41, "\0", "\ud800"]),
        ("app_version", [1, {"a": 1}, "v" * 81, "\0", "\ud800"]),
        ("install_id", [None, 7, "i" * 65, "\0", "\udc00"]),
        ("seq", [None, -1, 2**31, HUGE, NAN, "7", True, 1.5]),
        ("owner", [None, -1, 2**53, HUGE, NAN, "5", False]),
        ("carrier", ["6", -1, HUGE, NAN, True]),
        ("claimed_at", [None, 0, "", "yesterday", "2026-11-22T01:12:00", "2026-13-01T00:00:00Z",
                        "0001-01-01T00:00:00+23:59", "2026-11-22", "\0"]),
        ("sent_at", [None, 17.5, "now", "9999-12-31T23:59:59-23:59"]),
        ("body", [None, [], 5, "\ud800", "[]\0", "x" * (sync.MAX_BODY + 1)]),
        ("sha256", [None, "", 5, "0" * 64, GOOD["sha256"].upper(), "0" * 65]),
        ("blobs", [None, {}, "x", [PHOTO] * 41, [{**PHOTO, "sha256": "A" * 64}]]),
        ("supersedes", [5, [], "x" * 201, "\0"]),
    ],
)  # fmt: skip
def test_every_bad_field_is_named(field: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(Invalid) as refused:
            parse(**{field: value})
        assert [e.field for e in refused.value.errors] == [field], value


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"sha256": None}, "sha256"), ({"sha256": "a" * 65}, "sha256"), ({"mime": 3}, "mime"),
     ({"size": "9"}, "size"), ({"size": -1}, "size"), ({"size": 0}, "photo")],
)  # fmt: skip
def test_every_bad_field_of_a_photo_is_named(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(blobs=[{**PHOTO, **changed}])
    assert [e.field for e in refused.value.errors] == [field]


def test_a_photo_too_large_to_come_is_refused_with_its_form() -> None:
    with pytest.raises(TooLarge):
        parse(blobs=[{**PHOTO, "size": 8 * 1024 * 1024 + 1}])


@pytest.mark.parametrize("raw", [None, [], "text", 5, NAN, [[]]])
def test_an_envelope_is_an_object(raw: Any) -> None:
    with pytest.raises(Invalid):
        sync.parse(raw, ID, ATTENDEE)


def test_the_earliest_and_latest_times_survive_the_database(world: World) -> None:
    for text in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"):
        claimed = parse(claimed_at=text).claimed_at
        receipt = deliver("fault", fault_form(world), world.engineer, claimed_at=claimed)
        assert Submission.get_by_id(receipt.id).claimed_at == claimed
    assert history.of_device(world.devices[0].id)


def sent(world: World, form: str = "fault", body: str | None = None, **more: Any) -> Envelope:
    made = envelope(form, fault_form(world), world.engineer.person_id, **more)
    if body is None:
        return made
    return dataclasses.replace(made, body=body, sha256=sync.digest_of(body))


@pytest.mark.parametrize(
    "body",
    ["", "null", "{}", "[1]", '[["a"]]', '[["a","b","c"]]', '[["a",1]]', "[[null,null]]",
     '[["a",NaN]]', '[["a","b"]', "[" * 10_000 + "]" * 10_000, "[" * 200_000, "1" * 5000,
     '[["a","b"]]]'],
)  # fmt: skip
def test_a_body_of_another_shape_is_invalid_and_uses_no_id(world: World, body: str) -> None:
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        sync.submit(sent(world, body=body), world.engineer)
    assert [e.field for e in refused.value.errors] == ["body"]
    assert snapshot() == before


def test_escaped_surrogates_and_control_characters_are_cleaned(world: World) -> None:
    words = '"a\\ud800b\\u0000c\\u001bd\\ud83d\\ude00"'
    body = f'[["tag","{world.tags[0]}"],["symptom","no_sound"],["description",{words}]]'
    receipt = sync.submit(sent(world, body=body), world.engineer)
    assert receipt.outcome == "done"
    fault = history.Fault.get_by_id(receipt.subject_id)
    assert fault.description == "a?bcd😀"


@pytest.mark.parametrize("name", ["photo.\\ud800", "photo.\\u0000", "item.\\ud800", "x\\u0000"])
def test_odd_field_names_never_break_the_door(world: World, name: str) -> None:
    _, photo = jpeg()
    pairs = json.dumps([*fault_form(world).items()])[:-1]
    body = f'{pairs},["{name}","blob:{photo.sha256}"]]'
    photos = (photo,) if name.startswith("photo") else ()
    receipt = sync.submit(sent(world, body=body, photos=photos), world.engineer)
    assert receipt.outcome in {"done", "review"}
    assert Submission.get_by_id(receipt.id).body == body


def test_photos_named_and_listed_must_agree(world: World) -> None:
    _, photo = jpeg()
    named = fault_form(world, photo=f"blob:{photo.sha256}")
    for fields, photos in ((named, ()), (fault_form(world), (photo,))):
        with pytest.raises(Invalid) as refused:
            deliver("fault", fields, world.engineer, photos=photos)
        assert [e.field for e in refused.value.errors] == ["blobs"]


def test_missing_lists_photos_until_their_bytes_are_here(world: World) -> None:
    data, photo = jpeg()
    fields, key = fault_form(world, photo=f"blob:{photo.sha256}"), new_id()
    deliver("fault", fields, world.engineer, photos=(photo,), id=key)
    assert sync.missing(key) == [photo.sha256]
    sync.put_photo(photo.sha256, data, world.engineer)
    assert sync.missing(key) == []
    assert deliver("fault", fields, world.engineer, photos=(photo,), id=key).repeated


def test_nobody_sends_as_another(world: World, other: World) -> None:
    before = snapshot()
    for carrier in (None, world.engineer.person_id, other.engineer.person_id, 999_999):
        with pytest.raises(sync.OtherOwner):
            sync.submit(sent(world, carrier=carrier), world.viewer)
    with pytest.raises(sync.OtherOwner):
        sync.submit(dataclasses.replace(sent(world), owner=999_999, carrier=world.viewer.person_id),
                    world.viewer)  # fmt: skip
    assert snapshot() == before


def test_nobody_names_another_as_the_carrier(world: World, other: World) -> None:
    before = snapshot()
    for carrier in (other.engineer.person_id, 999_999):
        with pytest.raises(sync.OtherOwner):
            sync.submit(sent(world, carrier=carrier), world.engineer)
    assert snapshot() == before


def test_a_carrier_delivers_for_the_owner_and_both_are_on_record(world: World) -> None:
    made = envelope("inspection", check_form(world), world.engineer.person_id,
                    carrier=world.manager.person_id)  # fmt: skip
    receipt = sync.submit(made, world.manager)
    row = Submission.get_by_id(made.id)
    assert (row.owner_id, row.carrier_id) == (world.engineer.person_id, world.manager.person_id)
    assert Inspection.get_by_id(receipt.subject_id).person_id == world.engineer.person_id
    leaf = Leaf.select().where(Leaf.received_at == receipt.received_at).get()
    head = json.loads(leaf.text)
    assert (head["owner"], head["carrier"]) == (row.owner_id, row.carrier_id)
    assert sync.submit(dataclasses.replace(made, carrier=None), world.engineer).repeated


def test_a_carrier_brings_the_photos_of_a_delivery_that_the_owner_began(world: World) -> None:
    data, photo = jpeg()
    fields = fault_form(world, photo=f"blob:{photo.sha256}")
    made = envelope("fault", fields, world.engineer.person_id, photos=(photo,))
    sync.submit(made, world.engineer)
    with pytest.raises(sync.Unlisted):
        sync.put_photo(photo.sha256, data, world.manager)
    carried = dataclasses.replace(made, carrier=world.manager.person_id)
    assert sync.submit(carried, world.manager).repeated
    sync.put_photo(photo.sha256, data, world.manager)
    row = Submission.get_by_id(made.id)
    assert (row.owner_id, row.carrier_id) == (world.engineer.person_id, world.manager.person_id)
    assert sync.missing(made.id) == []


def test_a_carrier_lends_no_rights(world: World) -> None:
    made = envelope("swap", swap_form(world), world.viewer.person_id,
                    carrier=world.engineer.person_id)  # fmt: skip
    with pytest.raises(Forbidden):
        sync.submit(made, world.engineer)


@pytest.mark.parametrize(("form", "fields"), [("swap", swap_form), ("inspection", check_form)])
def test_nobody_borrows_rights_by_carrying(
    world: World, other: World, form: str, fields: Callable[[World], dict[str, str]]
) -> None:
    """A client's account, or another client's engineer, could else act as anyone."""
    before = snapshot()
    for carrier in (world.viewer, other.engineer):
        made = envelope(form, fields(world), world.engineer.person_id, carrier=carrier.person_id)
        with pytest.raises(Forbidden):
            sync.submit(made, carrier)
    assert snapshot() == before


def test_the_late_queue_of_a_disabled_person_is_kept_for_review(world: World) -> None:
    made = sent(world, carrier=world.manager.person_id)
    Person.update(active=False).where(Person.id == made.owner).execute()
    before = counts()
    receipt = sync.submit(made, world.manager)
    assert receipt.outcome == "review"
    assert grown(before) == {"submission": 1}
    assert Submission.get_by_id(made.id).body == made.body
    assert sync.submit(made, world.manager).repeated


def test_an_unknown_form_is_kept_for_review_with_its_photos(world: World) -> None:
    _, photo = jpeg()
    made = sent(world, "loan", body='{"any": "shape"}', photos=(photo,))
    assert sync.submit(made, world.engineer).outcome == "review"
    assert sync.submit(made, world.engineer).repeated
    assert SubmissionBlob.select().where(SubmissionBlob.submission == made.id).count() == 1
    with pytest.raises(OtherBody):
        sync.submit(
            dataclasses.replace(made, body="[]", sha256=sync.digest_of("[]")), world.engineer
        )


def test_an_unknown_form_sent_many_times_at_once_is_kept_once(fresh_world: World) -> None:
    world = fresh_world
    made = sent(world, "loan")
    receipts = at_once([lambda: sync.submit(made, world.engineer)] * 8)
    assert [r for r in receipts if isinstance(r, BaseException)] == []
    assert sorted(r.repeated for r in receipts) == [False] + [True] * 7


@pytest.mark.parametrize(
    "where", [(history, "record"), (rounds, "mark_done"), (checklists, "version")]
)
def test_a_bug_in_a_verb_keeps_the_raw_body_for_review(
    world: World, where: tuple[Any, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    made = envelope("inspection", check_form(world), world.engineer.person_id)
    before = counts()
    monkeypatch.setattr(*where, broken)
    receipt = sync.submit(made, world.engineer)
    assert receipt.outcome == "review"
    assert grown(before) == {"submission": 1}
    assert Submission.get_by_id(made.id).body == made.body
    assert sync.submit(made, world.engineer).repeated


def test_a_bug_in_reading_a_form_keeps_it_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise KeyError("no such thing")

    form = sync.Form({"1": broken}, sync.FORMS["fault"].verb)
    monkeypatch.setitem(sync.FORMS, "fault", form)
    assert sync.submit(sent(world), world.engineer).outcome == "review"


def test_a_refused_submission_uses_no_id_and_its_correction_names_it(world: World) -> None:
    bad = envelope("inspection", check_form(world, **{"item.lamp": ""}), world.engineer.person_id)
    before = snapshot()
    with pytest.raises(Invalid):
        sync.submit(bad, world.engineer)
    assert snapshot() == before
    good = envelope("inspection", check_form(world), world.engineer.person_id, supersedes=bad.id)
    assert sync.submit(good, world.engineer).outcome == "done"
    assert Submission.get_by_id(good.id).supersedes == bad.id


def test_a_form_without_script_becomes_the_same_envelope(world: World) -> None:
    pairs = [*fault_form(world).items()]
    made = sync.from_form("fault", ID, pairs, (), world.engineer)
    assert made.body == sent(world).body
    assert (made.owner, made.install_id) == (world.engineer.person_id, "form")
    assert sync.submit(made, world.engineer).outcome == "done"
    for bad_id in ("", "x", "\0"):
        with pytest.raises(Invalid):
            sync.from_form("fault", bad_id, pairs, (), world.engineer)
    with pytest.raises(Invalid):
        sync.from_form("fault", ID, [("note", "x" * sync.MAX_BODY)], (), world.engineer)


def test_an_attendee_cannot_send_what_needs_an_account(world: World) -> None:
    for form, fields in (("inspection", check_form(world)), ("swap", swap_form(world))):
        with pytest.raises((Forbidden, NotFound)):
            deliver(form, fields, ATTENDEE)


def test_a_stranger_with_a_known_id_learns_nothing_of_it(world: World, other: World) -> None:
    made = sent(world)
    sync.submit(made, world.engineer)
    theirs = dataclasses.replace(made, owner=other.engineer.person_id)
    with pytest.raises(OtherBody):
        sync.submit(theirs, other.engineer)
    with pytest.raises(sync.OtherOwner):
        sync.submit(made, other.engineer)


def test_a_replay_needs_no_right_any_more(world: World) -> None:
    """The phone must learn that its item arrived, even when its owner lost the role since."""
    made = sent(world)
    first = sync.submit(made, world.engineer)
    again = sync.submit(made, Actor(world.engineer.person_id))
    assert again == dataclasses.replace(first, repeated=True)
    assert commands.find(made.id) is not None
