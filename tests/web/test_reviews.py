"""The desk sees both sides of what contradicts and settles it with one tap, once."""

import json

import pytest
from flask.testing import FlaskClient

from roundtag import commands, devices, ledger, sync
from roundtag.models import Conflict, Fault, Person, Settlement, Submission, Swap, Unit
from tests.seeing import count_queries, snapshot
from tests.web.conftest import SignIn
from tests.world import World, deliver, envelope, fault_form, jpeg, new_id, run, swap_form

HEADER = {"X-Roundtag-Sync": "1"}
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def desk(signed_in: SignIn) -> FlaskClient:
    return signed_in("desk-all")


@pytest.fixture
def late_swap(world: World) -> str:
    """A swap that another one came before; its submission's id."""
    deliver("swap", swap_form(world), world.manager)
    form = swap_form(world, new_serial="SPA2", note=f"lamp {EVIL}")
    return deliver("swap", form, world.engineer).id


def key_of(submission: str) -> str:
    return f"conflict:{Conflict.get(Conflict.submission == submission).id}"


def test_both_sides_stand_on_the_page_and_one_tap_settles(
    desk: FlaskClient, signed_in: SignIn, world: World, late_swap: str
) -> None:
    key = key_of(late_swap)
    assert f"/reviews/{key}" in desk.get("/reviews").text
    page = desk.get(f"/reviews/{key}").text
    for side in ("SNA1", "SPA1", "SPA2", "engineer-a"):
        assert side in page
    assert EVIL not in page
    filer = signed_in("engineer-a")
    assert filer.get(f"/sync/{late_swap}", headers=HEADER).json["settled"] is None

    done = desk.post(f"/reviews/{key}", data={"decision": "apply", "note": "查过现场"})
    assert (done.status_code, done.location) == (303, "/reviews")
    unit = Unit.get(Unit.device == world.devices[0].id)
    assert unit.serial == "SPA2"
    swap = Swap.get(Swap.submission == late_swap)
    assert (swap.old_serial, swap.person_id) == ("SPA1", world.engineer.person_id)
    told = filer.get(f"/sync/{late_swap}", headers=HEADER).json
    assert told["settled"]["decision"] == "apply"
    assert "查过现场" in told["settled"]["message"]
    assert f"/reviews/{key}" not in desk.get("/reviews").text
    decided = desk.get("/reviews?settled=1").text
    assert f"/reviews/{key}" in decided
    assert "desk-all" in decided
    assert desk.get(f"/reviews/{key}").status_code == 200
    assert ledger.verify(None) + ledger.verify(world.client_id) == []


def test_who_comes_second_changes_nothing(desk: FlaskClient, late_swap: str) -> None:
    key = key_of(late_swap)
    desk.post(f"/reviews/{key}", data={"decision": "leave"})
    before = Settlement.select().count(), Swap.select().count()
    assert desk.post(f"/reviews/{key}", data={"decision": "apply"}).status_code == 303
    assert (Settlement.select().count(), Swap.select().count()) == before


def test_what_cannot_be_done_is_told_and_leaves_it_open(
    desk: FlaskClient, world: World, late_swap: str
) -> None:
    Unit.update(place="scrap", store=None).where(Unit.serial == "SPA2").execute()
    key, before = key_of(late_swap), snapshot()
    for typed in ({"decision": "apply", "note": "kept words"}, {"decision": "same"}):
        answer = desk.post(f"/reviews/{key}", data=typed)
        assert answer.status_code == 422
    assert "kept words" in desk.post(
        f"/reviews/{key}", data={"decision": "apply", "note": "kept words"}
    ).text  # fmt: skip
    assert snapshot() == before


def test_only_the_office_of_that_client_settles(
    signed_in: SignIn, visitor: FlaskClient, late_swap: str
) -> None:
    address = f"/reviews/{key_of(late_swap)}"
    for username, status in (("desk-elsewhere", 404), ("engineer-a", 403), ("auditor-all", 403)):
        browser = signed_in(username)
        assert browser.get(address).status_code == status
        assert browser.post(address, data={"decision": "leave"}).status_code == status
    assert address not in signed_in("desk-elsewhere").get("/reviews").text
    signed_in("desk-all").post(address, data={"decision": "leave"})
    assert address in signed_in("desk-all").get("/reviews?settled=1").text
    assert address not in signed_in("desk-elsewhere").get("/reviews?settled=1").text
    other = signed_in("engineer-elsewhere").get(f"/sync/{late_swap}", headers=HEADER)
    assert other.status_code == 404
    assert Settlement.get().person_id == Person.get(Person.username == "desk-all").id


def test_a_kept_note_is_shown_with_its_photo_and_filed_at_the_right_label(
    desk: FlaskClient, world: World
) -> None:
    data, photo = jpeg()
    note = {"tag": "0000000000", "what": "fault", "symptom": "no_picture", "text": "dark",
            "photo": f"blob:{photo.sha256}"}  # fmt: skip
    kept = deliver("note", note, world.engineer, photos=(photo,))
    assert kept.outcome == "review"
    sync.put_photo(photo.sha256, data, world.engineer)
    address = f"/reviews/kept:{kept.id}"
    assert "dark" in desk.get(address).text
    assert desk.get(f"{address}/photos/{photo.sha256}?size=thumb").mimetype == "image/jpeg"
    assert desk.get(f"{address}/photos/{'0' * 64}").status_code == 404
    wrong = desk.post(address, data={"decision": "match", "code": "1111111111"})
    assert wrong.status_code == 422
    right = desk.post(address, data={"decision": "match", "code": world.tags[1]})
    assert right.status_code == 303
    fault = Fault.get(Fault.submission == kept.id)
    assert (fault.device_id, fault.reporter_id) == (world.devices[1].id, world.engineer.person_id)


def test_an_entry_that_the_server_failed_at_is_filed_later(
    desk: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug of ours")

    form = sync.FORMS["fault"]
    with monkeypatch.context() as patch:
        patch.setitem(sync.FORMS, "fault", sync.Form({"1": broken}, form.verb))
        kept = deliver("fault", fault_form(world), world.engineer)
        assert kept.outcome == "review"
        assert desk.post(f"/reviews/kept:{kept.id}", data={"decision": "again"}).status_code == 500
        assert Submission.get_by_id(kept.id).outcome == "review"
    assert desk.post(f"/reviews/kept:{kept.id}", data={"decision": "again"}).status_code == 303
    fault = Fault.get(Fault.submission == kept.id)
    assert fault.reporter_id == world.engineer.person_id
    assert deliver("fault", fault_form(world), world.engineer, id=kept.id).outcome == "done"


def test_an_unknown_form_is_readable_and_dealt_with(desk: FlaskClient, world: World) -> None:
    sent = envelope("hologram", {"colour": EVIL}, world.engineer.person_id)
    kept = sync.submit(sent, world.engineer)
    address = f"/reviews/kept:{kept.id}"
    page = desk.get(address).text
    assert "colour" in page
    assert EVIL not in page
    assert desk.post(address, data={"decision": "again"}).status_code == 422
    assert desk.post(address, data={"decision": "done", "note": "called"}).status_code == 303
    assert Submission.get_by_id(kept.id).outcome == "done"


def test_two_bodies_of_one_id_stand_side_by_side(desk: FlaskClient, world: World) -> None:
    same = new_id()
    deliver("fault", fault_form(world, description="first words"), world.engineer, id=same)
    with pytest.raises(commands.OtherBodyRefused):
        deliver("fault", fault_form(world, description="second words"), world.engineer, id=same)
    listed = desk.get("/reviews?kind=other-body").text
    address = next(part for part in listed.split('"') if part.startswith("/reviews/other-body:"))
    page = desk.get(address).text
    assert "first words" in page
    assert "second words" in page
    assert desk.post(address, data={"decision": "done"}).status_code == 303
    assert address not in desk.get("/reviews").text


def test_every_kind_has_its_words(desk: FlaskClient, world: World) -> None:
    """Each kind is shown in both languages with a decision that can be pressed."""
    from roundtag import conflicts
    from roundtag.clock import now

    receipt = deliver("fault", fault_form(world), world.engineer)
    for kind in conflicts.DECISIONS:
        made = Conflict.create(client=world.client_id, device=world.devices[0].id, kind=kind,
                               submission=receipt.id, expected="1", found="2",
                               person=world.engineer.person_id, filed_at=now())  # fmt: skip
        for language in ("zh", "en"):
            desk.set_cookie("lang", language)
            page = desk.get(f"/reviews/conflict:{made.id}").text
            for decision in conflicts.DECISIONS[kind]:
                assert f'value="{decision}"' in page


@pytest.mark.parametrize("address", ["/reviews", "/reviews?settled=1"])
def test_the_list_costs_the_same_for_two_and_for_twenty(
    desk: FlaskClient, world: World, address: str
) -> None:
    def conflicting() -> None:
        filed = deliver("swap", swap_form(world, expected_old_serial="gone"), world.engineer)
        if "settled" in address:
            desk.post(f"/reviews/{key_of(filed.id)}", data={"decision": "leave"})

    def cost() -> int:
        with count_queries() as sent:
            desk.get(address)
        return len(sent)

    conflicting()
    few = cost()
    for _ in range(19):
        conflicting()
    assert cost() == few


def test_moved_and_retired_meanwhile_is_told(desk: FlaskClient, world: World) -> None:
    order = devices.RetireDevice(world.devices[0].code, "A")
    run(devices.retire_device, order)
    receipt = deliver("fault", fault_form(world), world.engineer)
    assert receipt.outcome == "done"
    assert [c.kind for c in Conflict.select()] == ["device-retired"]
    address = f"/reviews/{key_of(receipt.id)}"
    assert desk.post(address, data={"decision": "reinstate"}).status_code == 303
    page = devices.page(world.devices[0].id, world.tags[0], world.engineer)
    assert page.state != "retired"
    assert json.dumps([entry.kind for entry in page.history]).count("settled") == 1
