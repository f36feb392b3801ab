"""Reports without an account: counted, limited, rated, their contact erased."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from roundtag import (
    blobs,
    clock,
    commands,
    faults,
    history,
    ledger,
    links,
    notices,
    sync,
    tagging,
)
from roundtag.access import ATTENDEE, SYSTEM, Actor
from roundtag.commands import Deed, Outcome, Receipt
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.faults import admission, contacts
from roundtag.faults.rate import RateFault, rate_fault
from roundtag.models import (
    Fault,
    FaultContact,
    Leaf,
    OtherBody,
    Rating,
    Submission,
    TagReport,
    TipHelped,
)
from tests import world as worlds
from tests.seeing import at_once, count_queries, counts, grown, snapshot
from tests.world import World, deliver, envelope, jpeg, new_id, run

CONTACT = "13800138000 王女士"
SYMPTOMS = ("no_picture", "no_sound", "power", "network", "camera_fails", "microphone_dead",
            "echo_howling", "blurry_picture")  # fmt: skip


def report(world: World, symptom: str = "no_sound", **more: str) -> Receipt:
    return deliver("fault", {"tag": world.room_tag, "symptom": symptom, **more}, ATTENDEE)


def too(world: World, number: str, **more: str) -> Receipt:
    return deliver("fault", {"tag": world.room_tag, "same": number, **more}, ATTENDEE)


def the(receipt: Receipt) -> Fault:
    return Fault.get_by_id(receipt.subject_id)


def secret(receipt: Receipt) -> str:
    return receipt.url.removeprefix("/status/")


def resolve(world: World, receipt: Receipt) -> None:
    worlds.resolve(the(receipt).id, world.engineer, "换了线")


def desk(world: World) -> Actor:
    return world.manager


def known(world: World) -> list[faults.attendees.KnownFault]:
    return faults.attendee_page(tagging.resolve(world.room_tag, ATTENDEE)).known


def test_me_too_is_counted_on_the_open_fault_and_never_a_second_one(world: World) -> None:
    first = report(world, device=world.tags[0])
    number = the(first).number
    before = counts()
    more = [too(world, number) for _ in range(3)]
    assert "history" not in grown(before)
    assert {the(one).state for one in more} == {"duplicate"}
    assert {the(one).duplicate_of_id for one in more} == {first.subject_id}
    assert [(one.number, one.reports) for one in known(world)] == [(number, 4)]
    assert faults.status(secret(more[0])).others == 3
    assert ledger.verify(world.client_id) == []


def test_me_too_at_what_was_resolved_meanwhile_is_a_fault_of_its_own(world: World) -> None:
    first = report(world, device=world.tags[0])
    resolve(world, first)
    again = the(too(world, the(first).number))
    assert (again.state, again.symptom, again.device_id) == (
        "reported", "no_sound", world.devices[0].id)  # fmt: skip


@pytest.mark.parametrize("number", ["F-0000-001", "x", "' OR 1=1 --", "\u202e"])
def test_me_too_at_nothing_known_is_refused_in_words(world: World, number: str) -> None:
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        too(world, number)
    assert [e.field for e in refused.value.errors] == ["same"]
    assert snapshot() == before


def test_a_number_of_another_client_is_not_known_here(world: World, other: World) -> None:
    theirs = report(other)
    for _ in range(2):
        report(world, "power")
    Fault.update(number="F-1-X").where(Fault.id == theirs.subject_id).execute()
    with pytest.raises(Invalid):
        too(world, "F-1-X")


def test_six_new_faults_an_hour_then_one_more_of_the_open_one(world: World) -> None:
    receipts = [report(world, symptom) for symptom in SYMPTOMS]
    states = [the(one).state for one in receipts]
    assert states == ["reported"] * 6 + ["duplicate"] * 2
    assert {the(one).duplicate_of_id for one in receipts[6:]} == {receipts[5].subject_id}
    assert TagReport.select().count() == 6


def test_further_reports_of_what_is_open_use_up_nothing(world: World) -> None:
    for _ in range(9):
        report(world)
    assert the(report(world, "power")).state == "reported"


def fill(world: World) -> None:
    """Six reports, all resolved: the next one finds nothing open."""
    for symptom in SYMPTOMS[:6]:
        resolve(world, report(world, symptom))


def test_with_nothing_open_the_seventh_is_put_aside_and_tells_nobody(world: World) -> None:
    fill(world)
    before = counts()
    receipt = report(world, "echo_howling", description="一直叫", contact=CONTACT)
    fault = the(receipt)
    assert (fault.state, fault.assignee_id) == ("quarantined", None)
    assert not {"history", "notification", "tag_report"} & set(grown(before))
    assert receipt.message == "Fault %(number)s is reported."
    assert faults.status(secret(receipt)).step == 0
    assert faults.waiting(desk(world)) == 1
    assert [line.id for line in faults.lines(desk(world), state="quarantined")] == [fault.id]
    assert fault.id not in [line.id for line in faults.lines(desk(world), state="all")]
    assert fault.id not in [line.id for line in faults.lines(desk(world))]
    assert known(world) == []
    with pytest.raises(NotFound):
        faults.page(fault.id, world.engineer)
    assert ledger.verify(world.client_id) == []


def test_an_hour_later_reports_are_new_faults_again(world: World) -> None:
    fill(world)
    earlier = clock.to_text(clock.now() - timedelta(minutes=61))
    TagReport.update(at=earlier).execute()
    assert the(report(world, "echo_howling")).state == "reported"


def test_each_tag_has_a_limit_of_its_own(world: World) -> None:
    fill(world)
    fields = {"tag": world.tags[0], "symptom": "power"}
    assert the(deliver("fault", fields, ATTENDEE)).state == "reported"
    mine = {"tag": world.room_tag, "symptom": "echo_howling"}
    assert the(deliver("fault", mine, world.engineer)).state == "reported"


def test_at_once_no_more_than_six_are_new(fresh_world: World) -> None:
    world = fresh_world
    sent = [envelope("fault", {"tag": world.room_tag, "symptom": s}, None) for s in SYMPTOMS]
    done = at_once([lambda one=one: sync.submit(one, ATTENDEE) for one in sent])
    assert [one for one in done if isinstance(one, BaseException)] == []
    assert Fault.select().where(Fault.state == "reported").count() == 6
    assert ledger.verify(world.client_id) == []


def test_a_filled_trap_is_answered_like_everybody_and_put_aside(world: World) -> None:
    good, trapped = report(world), report(world, "power", website="https://x.example")
    assert (trapped.outcome, trapped.message) == (good.outcome, good.message)
    assert the(trapped).state == "quarantined"
    assert faults.status(secret(trapped)).state == "quarantined"


def judged(world: World, receipt: Receipt, decision: str, reason: str | None = None,
           actor: Actor | None = None) -> Receipt:  # fmt: skip
    order = faults.JudgeReport(the(receipt).id, decision, reason)
    return run(faults.judge_report, order, actor or desk(world))


def test_accepted_it_is_a_fault_of_the_moment_it_came_in(world: World) -> None:
    receipt = report(world, website="x")
    came = the(receipt).reported_at
    judged(world, receipt, "accept")
    fault = the(receipt)
    assert (fault.state, fault.reported_at) == ("reported", came)
    assert fault.assignee_id == world.engineer.person_id
    assert notices.unread(world.engineer) == 1
    assert history.of_room(world.room.id)[0].kind == "fault"
    second = judged(world, receipt, "dismiss", "垃圾")
    assert (second.outcome, the(receipt).state) == ("conflict", "reported")
    assert ledger.verify(world.client_id) == []


def test_dismissed_it_is_kept_and_a_reason_is_owed(world: World) -> None:
    receipt = report(world, website="x")
    with pytest.raises(Invalid) as refused:
        faults.read_judgement(sync.Fields([("decision", "dismiss")]), 1)
    assert [e.field for e in refused.value.errors] == ["reason"]
    with pytest.raises(Forbidden):
        judged(world, receipt, "accept", actor=world.engineer)
    judged(world, receipt, "dismiss", "垃圾")
    assert the(receipt).state == "dismissed"
    assert [e.kind for e in faults.page(the(receipt).id, desk(world)).events][-1] == "dismissed"
    shown = faults.status(secret(receipt))
    assert "垃圾" not in repr(asdict(shown))


def test_a_contact_lies_apart_from_the_fault_for_the_service_team(world: World) -> None:
    receipt = report(world, contact=CONTACT)
    assert the(receipt).contact is None
    assert FaultContact.get().contact == CONTACT
    shown = faults.page(the(receipt).id, world.engineer).contact
    assert shown == contacts.Contact(FaultContact.get().id, CONTACT, erased=False)
    assert faults.page(the(receipt).id, world.viewer).contact is None
    assert CONTACT not in "".join(leaf.text for leaf in Leaf.select())


def test_erased_it_is_nowhere_and_the_ledger_agrees(world: World) -> None:
    fields = {"tag": world.room_tag, "symptom": "power", "contact": CONTACT, "salt": "5a17" * 8}
    key = new_id()
    receipt = deliver("fault", fields, ATTENDEE, id=key)
    OtherBody.create(submission=key, sha256="0" * 64, received_at=clock.now(),
                     body='[["contact","' + CONTACT + '"],["symptom","power"]]')  # fmt: skip
    order = faults.EraseContact(the(receipt).id)
    with pytest.raises(Forbidden):
        run(faults.erase_contact, order, world.engineer)
    assert run(faults.erase_contact, order, desk(world)).outcome == "done"
    assert run(faults.erase_contact, order, desk(world)).outcome == "conflict"
    left = repr(snapshot())
    assert CONTACT not in left
    assert "5a17" * 8 not in left
    assert "power" in Submission.get_by_id(key).body
    row = FaultContact.get()
    assert (row.contact, row.salts) == (None, {})
    assert [one for one in Leaf.select() if '"deed":"erase_contact"' in one.text]
    assert ledger.verify(world.client_id) == []
    again = deliver("fault", fields, ATTENDEE, id=key)
    assert (again.repeated, again.subject_id) == (True, receipt.subject_id)


def test_a_contact_that_vanishes_without_a_leaf_is_found(world: World) -> None:
    report(world, contact=CONTACT)
    FaultContact.update(contact=None, salts={}).execute()
    assert ledger.verify(world.client_id) != []


def test_contacts_are_erased_ninety_days_after_the_end(world: World) -> None:
    receipts = [report(world, contact=CONTACT), report(world, contact="2"),
                report(world, "power", contact="3")]  # fmt: skip
    resolve(world, receipts[0])
    assert contacts.tidy() == 0
    long_ago = clock.to_text(clock.now() - timedelta(days=91))
    Fault.update(resolved_at=long_ago).where(Fault.id == receipts[0].subject_id).execute()
    assert contacts.tidy() == 2  # the fault's and that of its further report
    assert [row.contact for row in FaultContact.select().order_by(FaultContact.id)] == [
        None, None, "3"]  # fmt: skip
    assert contacts.tidy() == 0


def test_contacts_of_before_move_out_of_the_fault(world: World) -> None:
    receipt = report(world)
    fault = the(receipt)
    run(_write_old, faults.MoveContact(fault.id), SYSTEM)
    assert ledger.verify(world.client_id) == []
    contacts.tidy()
    fault = the(receipt)
    assert (fault.contact, "contact" in fault.salts) == (None, False)
    assert FaultContact.get().contact == CONTACT
    assert ledger.verify(world.client_id) == []


def _write_old(command: faults.MoveContact, deed: Deed) -> Outcome:
    """What an older version wrote."""
    deed.change(Fault.get(), contact=CONTACT)
    return Outcome("old")


_write_old.__name__ = "move_contact"


def rate(receipt: Receipt, stars: int, comment: str | None = None) -> Receipt:
    return run(rate_fault, RateFault(stars, secret(receipt), comment), ATTENDEE)


def test_a_rating_comes_after_the_end_and_may_be_corrected_for_a_day(world: World) -> None:
    receipt = report(world)
    with pytest.raises(Invalid):
        rate(receipt, 5)
    resolve(world, receipt)
    assert faults.status(secret(receipt)).may_rate
    rate(receipt, 5, "很快")
    rate(receipt, 2, "又坏了")
    row = Rating.get()
    assert (row.stars, row.comment) == (2, "又坏了")
    shown = faults.page(the(receipt).id, world.viewer).ratings
    assert [(one.stars, one.comment) for one in shown] == [(2, "又坏了")]
    Rating.update(at=clock.to_text(clock.now() - timedelta(hours=25))).execute()
    assert rate(receipt, 1).outcome == "conflict"
    assert Rating.get().stars == 2
    assert not faults.status(secret(receipt)).may_rate


def test_a_rating_keeps_no_secret_and_no_words_outside_its_row(world: World) -> None:
    receipt = report(world)
    resolve(world, receipt)
    done = rate(receipt, 4, "有点慢")
    kept = Submission.get_by_id(done.id)
    assert secret(receipt) not in f"{kept.body} {kept.receipt}"
    assert "有点慢" not in (kept.body or "")
    assert "有点慢" not in "".join(leaf.text for leaf in Leaf.select())
    assert ledger.verify(world.client_id) == []


@pytest.mark.parametrize("stars", ["", "0", "6", "five", "1.5", "\0"])
def test_stars_are_one_to_five(stars: str) -> None:
    with pytest.raises(Invalid) as refused:
        faults.read_rating(sync.Fields([("stars", stars)]), "s")
    assert [e.field for e in refused.value.errors] == ["stars"]


def test_unknown_and_expired_links_rate_and_report_nothing(world: World) -> None:
    receipt = report(world)
    resolve(world, receipt)
    old = links.grant("fault-status", the(receipt).id, clock.now() - timedelta(days=91))
    for word in (old, "no-such-secret"):
        with pytest.raises(NotFound):
            run(rate_fault, RateFault(5, word), ATTENDEE)
        with pytest.raises(NotFound):
            run(faults.report_again, faults.ReportAgain(word), ATTENDEE)


def test_still_broken_is_a_new_report_that_names_the_old(world: World) -> None:
    receipt = report(world, device=world.tags[0])
    order = faults.ReportAgain(secret(receipt))
    assert run(faults.report_again, order, ATTENDEE).outcome == "conflict"
    resolve(world, receipt)
    again = run(faults.report_again, order, ATTENDEE)
    fault = the(again)
    assert (fault.state, fault.device_id) == ("reported", world.devices[0].id)
    kinds = [(e.kind, e.note) for e in faults.page(fault.id, world.engineer).events]
    assert ("again", the(receipt).number) in kinds
    assert again.url != receipt.url
    assert TagReport.select().where(TagReport.tag == world.tags[0]).count() == 1


def test_a_tip_that_helped_is_counted_once_per_visit_and_is_no_fault(world: World) -> None:
    visit, order = new_id(), faults.TipDidHelp(world.tags[0], "no_picture")
    for _ in range(3):
        commands.run(visit, faults.tip_helped, order, ATTENDEE)
    row = TipHelped.get()
    assert (TipHelped.select().count(), Fault.select().count()) == (1, 0)
    assert (row.device_id, row.symptom) == (world.devices[0].id, "no_picture")
    with pytest.raises(Invalid):
        run(faults.tip_helped, faults.TipDidHelp(world.tags[0], "nonsense"), ATTENDEE)


def test_a_strangers_photo_is_not_in_the_logbook(world: World) -> None:
    data, photo = jpeg()
    fields = {"tag": world.tags[0], "symptom": "power", "photo": f"blob:{photo.sha256}"}
    receipt = deliver("fault", fields, ATTENDEE, photos=(photo,))
    blobs.put_photo(data)
    assert history.of_device(world.devices[0].id)[0].photos == []
    assert len(faults.page(the(receipt).id, world.engineer).photos) == 1


def test_the_status_page_and_the_attendees_page_cost_the_same_with_many(world: World) -> None:
    receipt = report(world)

    def cost() -> tuple[int, int]:
        with count_queries() as one:
            faults.status(secret(receipt))
        with count_queries() as two:
            known(world)
        return len(one), len(two)

    few = cost()
    for _ in range(5):
        report(world)
    report(world, "power")
    assert cost() == few


def test_the_limit_is_six_an_hour() -> None:
    assert (6, timedelta(hours=1)) == (admission.NEW_PER_TAG, admission.WINDOW)
