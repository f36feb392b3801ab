"""What faults oblige to, kept in rows: raised once, ended, withdrawn, told."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from roundtag import clock, devices, dues, ledger, people, problems
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.faults import lapsing
from roundtag.fields import Fields
from roundtag.models import Contract, Fault, FaultDue, FaultEvent, Log, Notification, Store, Unit
from roundtag.models.devices import DeviceModel
from roundtag.stock import levels
from tests import world as worlds
from tests.owing import START, Case, told
from tests.seeing import at_once, leaf_texts, queries_of, snapshot
from tests.world import World, deliver, run


@dataclass(frozen=True)
class Paper:
    kind: str


@pytest.fixture
def case(world: World, monkeypatch: pytest.MonkeyPatch) -> Case:
    return Case(world, monkeypatch)


@pytest.fixture
def quality(case: Case) -> Actor:
    return worlds.person("quality-a", ("quality", "client", case.world.client_id))


@pytest.fixture
def supervisor(case: Case) -> Actor:
    return worlds.person("supervisor-a", ("supervisor", "client", case.world.client_id))


def agree(case: Case, **amounts: int) -> None:
    Contract.update(terms={"dues": amounts}).where(Contract.id == case.world.contract_id).execute()


def test_a_plain_fault_from_attendance_to_its_papers(case: Case) -> None:
    fault = case.fault()
    assert case.owed(fault) == set()
    case.at(1)
    case.step(fault, "arrive")
    assert case.owed(fault) == {"diagnosis"}
    assert case.hours(case.due(fault, "diagnosis").due_at) == 25
    case.at(2)
    case.step(fault, "restore", diagnosis="线松了")
    assert case.owed(fault) == {"response_report"}
    assert case.due(fault, "diagnosis").done_how == "step"
    case.at(30)  # Tuesday, 15:00 in Shanghai
    case.step(fault, "resolve")
    assert case.owed(fault) == {"response_report", "report", "analysis_report", "callback"}
    ends = {row.kind: case.hours(row.due_at) for row in FaultDue.select()}
    assert ends == {"diagnosis": 25, "response_report": 87, "report": 111, "analysis_report": 111,
                    "callback": 111}  # fmt: skip


def test_the_contract_says_when(case: Case) -> None:
    agree(case, diagnosis=1, report=1, loaner=4, callback=1)
    fault = case.fault()
    case.step(fault, "arrive")
    assert case.hours(case.due(fault, "diagnosis").due_at) == 1
    case.resolve(fault)
    assert case.hours(case.due(fault, "report").due_at) == 39
    assert case.hours(case.due(fault, "callback").due_at) == 39
    assert case.hours(case.due(fault, "analysis_report").due_at) == 87


def test_a_repeated_delivery_and_a_second_resolve_raise_nothing_more(case: Case) -> None:
    form, key = worlds.fault_form(case.world), worlds.new_id()
    first = deliver("fault", form, case.world.engineer, id=key)
    fault = int(first.subject_id or 0)
    case.resolve(fault)
    before = snapshot()
    assert deliver("fault", form, case.world.engineer, id=key).repeated
    assert case.resolve(fault).outcome == "conflict"
    assert snapshot()["fault_due"] == before["fault_due"]


def test_a_slip_taken_back_withdraws_and_the_next_time_owes_again(case: Case) -> None:
    fault = case.fault()
    case.at(1)
    case.step(fault, "arrive")
    case.step(fault, "restore", diagnosis="好了")
    slip = Fault.get_by_id(fault).events.order_by(-Fault.get_by_id(fault).events.model.id).first()
    case.at(2)
    case.step(fault, "undone", of=slip.id)
    assert case.owed(fault) == {"diagnosis"}  # ended by the slip, and owed again
    assert case.due(fault, "response_report").done_how == "withdrawn"
    Fault.update(state="on_site").where(Fault.id == fault).execute()
    case.at(50)
    case.step(fault, "restore")
    assert case.owed(fault) == {"response_report"}
    assert case.due(fault, "response_report").raised_at == START + timedelta(hours=50)
    assert FaultDue.select().where(FaultDue.kind == "response_report").count() == 1


def test_reopening_withdraws_what_was_not_done_and_owes_it_anew(case: Case) -> None:
    fault = case.fault()
    case.resolve(fault)
    row = case.due(fault, "report")
    run(dues.fulfil_due, dues.FulfilDue(row.id, "已交"), case.world.engineer)
    case.at(5)
    case.step(fault, "reopen")
    assert case.owed(fault) == set()
    assert case.due(fault, "report").done_how == "text"
    assert case.due(fault, "callback").done_how == "withdrawn"
    case.at(9)
    case.resolve(fault)
    assert {"report", "callback", "analysis_report"} <= case.owed(fault)
    assert FaultDue.select().where(FaultDue.kind == "report").count() == 2


def test_a_duplicate_owes_nothing_and_separated_it_does(case: Case) -> None:
    case.fault()
    twin = case.fault()
    assert Fault.get_by_id(twin).state == "duplicate"
    case.level(case.fault(symptom="power"), "I")
    own = Fault.select().order_by(Fault.id.desc()).first().id
    assert case.owed(own) == {"fallback"}
    case.step(own, "cancel_duplicate")
    assert case.owed(own) == set()
    case.step(own, "separate")
    assert case.owed(own) == {"fallback"}


def test_nothing_is_raised_for_what_was_before_the_release(case: Case) -> None:
    fault = case.fault()
    case.resolve(fault)
    FaultDue.delete().execute()
    case.step(fault, "observe")
    case.step(fault, "accept_claim")
    assert case.owed(fault) == set()


# The loaner (D5)


def lapse(case: Case, hours: float) -> int:
    return lapsing.ensure(case.at(hours))


def test_a_loaner_is_due_24_hours_after_the_broken_promise(case: Case) -> None:
    fault = case.fault()
    case.level(fault, "II")  # 8 hours, day and night
    assert lapse(case, 7.9) == 0
    assert "loaner" not in case.owed(fault)
    assert lapse(case, 8.5) == 1
    row = case.due(fault, "loaner")
    assert abs((case.hours(row.raised_at) or 0) - 8) < 0.001
    assert row.due_at == row.raised_at + timedelta(hours=24)
    assert told("due-loaner") == ["engineer-a"]
    assert lapse(case, 9) == 0
    assert FaultDue.select().where(FaultDue.kind == "loaner").count() == 1


def test_a_scheduler_that_was_down_counts_from_the_breach(case: Case) -> None:
    fault = case.fault()
    case.level(fault, "II")
    lapse(case, 100)
    assert abs((case.hours(case.due(fault, "loaner").due_at) or 0) - 32) < 0.001


def test_restored_in_time_or_at_no_device_owes_no_loaner(case: Case) -> None:
    fault = case.fault()
    case.level(fault, "II")
    case.at(2)
    case.resolve(fault)
    room = int(deliver("fault", {**worlds.fault_form(case.world), "tag": case.world.room_tag},
                       case.world.engineer).subject_id or 0)  # fmt: skip
    case.level(room, "I")
    assert lapse(case, 60) == 0
    assert not FaultDue.select().where(FaultDue.kind == "loaner").exists()


def test_a_loan_ends_it_and_another_reason_does_not(case: Case) -> None:
    fault = case.fault()
    case.level(fault, "II")
    lapse(case, 9)
    case.swap(reason="wear")
    assert "loaner" in case.owed(fault)
    case.swap(reason="loan", expected_old_serial="SPA1", new_serial="SPA2")
    assert case.due(fault, "loaner").done_how == "swap"


def test_a_loaner_of_a_lower_grade_is_none(case: Case) -> None:
    fault = case.fault()
    case.level(fault, "II")
    lapse(case, 9)
    low = DeviceModel.create(category="projector", maker="杂", name="L", grade=0)
    Unit.update(model=low).where(Unit.serial == "SPA1").execute()
    levels.recount()
    case.swap(reason="loan")
    assert "loaner" in case.owed(fault)
    high = DeviceModel.create(category="projector", maker="好", name="H", grade=9)
    Unit.update(model=high).where(Unit.serial == "SPA2").execute()
    levels.recount()
    case.swap(reason="loan", expected_old_serial="SPA1", new_serial="SPA2")
    assert "loaner" not in case.owed(fault)


def test_restoring_ends_it_and_a_slip_of_that_brings_it_back(case: Case) -> None:
    fault = case.fault()
    case.level(fault, "II")
    case.step(fault, "arrive")
    lapse(case, 9)
    case.step(fault, "restore")
    assert case.due(fault, "loaner").done_how == "restored"
    slip = Fault.get_by_id(fault).events.order_by(-Fault.get_by_id(fault).events.model.id).first()
    case.step(fault, "undone", of=slip.id)
    assert "loaner" in case.owed(fault)


def test_who_may_stand_in_is_of_the_same_or_a_better_grade(case: Case) -> None:
    from roundtag import spares

    own = DeviceModel.get(DeviceModel.id == Unit.get(Unit.serial == "SNA1").model_id)
    low = DeviceModel.create(category="projector", maker="杂", name="L", grade=own.grade - 1)
    high = DeviceModel.create(category="projector", maker="好", name="H", grade=own.grade + 1)
    store = Store.get(Store.client == case.world.client_id)
    for model, serial in ((low, "LOW"), (high, "HIGH")):
        Unit.create(model=model, serial=serial, place="store", store=store)
    levels.recount()
    found = [line.serial for line in spares.loaners(case.world.devices[0].id)]
    assert found == ["SPA1", "SPA2", "HIGH"]


# Replacement (D6)

SYMPTOMS = ("no_picture", "power", "no_sound", "network", "remote_control")


def faults_at(case: Case, *days: float, device: int = 0) -> list[int]:
    made = []
    for number, day in enumerate(days):
        case.at(day * 24)
        fault = case.fault(device, symptom=SYMPTOMS[number % 3], description="坏")
        case.resolve(fault)
        made.append(fault)
    return made


def demand(case: Case, device: int = 0) -> list[int] | None:
    found = devices.page(case.world.devices[device].id, "", case.world.engineer).demand
    return [key for key, *_ in found.faults] if found else None


@pytest.mark.parametrize(
    ("days", "demanded"),
    [((0, 9), False), ((0, 9, 29.9), True), ((0, 9, 30), True), ((0, 9, 30.1), False)],
)
def test_the_third_fault_within_thirty_days_demands_a_replacement(
    case: Case, days: tuple[float, ...], demanded: bool
) -> None:
    made = faults_at(case, *days)
    assert demand(case) == (made if demanded else None)
    assert demand(case, 1) is None


def test_it_is_demanded_once_and_its_list_grows(case: Case) -> None:
    made = faults_at(case, 0, 1, 2, 3)
    assert demand(case) == made
    assert FaultDue.select().where(FaultDue.kind == "replacement").count() == 1
    assert told("due-replacement") == ["manager-a"]  # nobody is supervisor here


def test_what_does_not_count(case: Case) -> None:
    first, second = faults_at(case, 0, 1)
    case.at(48)
    third = case.fault(symptom="power")
    assert demand(case) == [first, second, third]
    twin = case.fault(symptom="power")
    assert Fault.get_by_id(twin).state == "duplicate"
    assert demand(case) == [first, second, third]
    case.step(third, "triage", "III", level="III", kind="misuse")
    case.resolve(third)
    assert demand(case) is None
    fourth = case.fault(symptom="no_sound", description="x")
    assert demand(case) == [first, second, fourth]
    assert FaultDue.select().where(FaultDue.kind == "replacement").count() == 1


def test_two_reports_of_one_fault_and_a_reopened_one_count_once(case: Case) -> None:
    (first,) = faults_at(case, 0)
    case.step(first, "reopen")
    case.resolve(first)
    case.at(30)
    second = case.fault(symptom="power")
    case.fault(symptom="power")
    case.fault(symptom="power")
    assert demand(case) is None
    third = case.fault(symptom="network")
    assert demand(case) == [first, second, third]


@pytest.mark.parametrize("reason", ["faulty", "wear", "loan"])
def test_a_new_unit_ends_it_but_a_loan_does_not(case: Case, reason: str) -> None:
    faults_at(case, 0, 1, 2)
    case.at(60)
    case.swap(reason=reason)
    assert (demand(case) is None) is (reason != "loan")


def test_after_a_replacement_only_a_new_run_of_three_demands_again(case: Case) -> None:
    faults_at(case, 0, 1, 2)
    case.swap()
    faults_at(case, 3, 4)
    assert demand(case) is None
    faults_at(case, 5)
    found = demand(case)
    assert found is not None
    assert len(found) == 3
    assert FaultDue.select().where(FaultDue.kind == "replacement").count() == 2


def test_retiring_and_waiving_end_it(case: Case) -> None:
    faults_at(case, 0, 1, 2)
    row = FaultDue.get(FaultDue.kind == "replacement")
    with pytest.raises(Forbidden):
        run(dues.waive_due, dues.WaiveDue(row.id, "x"), case.world.engineer)
    assert (
        run(dues.waive_due, dues.WaiveDue(row.id, "下月换新"), case.world.manager).outcome == "done"
    )
    again = run(dues.waive_due, dues.WaiveDue(row.id, "x"), case.world.manager)
    assert (again.outcome, FaultDue.get_by_id(row.id).note) == ("conflict", "下月换新")
    faults_at(case, 0, 1, 2, device=1)
    code = case.world.devices[1].code
    run(devices.retire_device, devices.RetireDevice(code, "A", "旧", unit_to="scrap"))
    assert demand(case, 1) is None


# In words, callback, maker, irreparable


def test_papers_serve_the_written_report(case: Case) -> None:
    fault = case.fault()
    case.resolve(fault)
    analysis = case.due(fault, "analysis_report")
    run(dues.fulfil_due, dues.FulfilDue(analysis.id, "邮件发给王工"), case.world.engineer)
    assert case.owed(fault) == {"response_report", "callback"}
    assert case.due(fault, "report").note == "邮件发给王工"
    again = run(dues.fulfil_due, dues.FulfilDue(analysis.id, "x"), case.world.engineer)
    assert again.outcome == "conflict"
    assert "邮件发给" not in leaf_texts()
    wrong = [line for log in Log.select() for line in ledger.verify(log.client_id)]
    assert [line for line in wrong if line.startswith("fault")] == []


def test_an_issued_document_fulfils_its_report_and_the_written_one(case: Case) -> None:
    fault = case.fault()
    case.resolve(fault)

    def issue(command: Paper, deed: Deed) -> Outcome:
        done = dues.fulfil(deed, Fault.get_by_id(fault), command.kind, "HT-A-R1")
        return Outcome("issued", state="done" if done else "conflict")

    issue.__name__ = "swap"
    assert run(issue, Paper("analysis")).outcome == "done"
    assert case.owed(fault) == {"response_report", "callback"}
    row = case.due(fault, "report")
    assert (row.done_how, row.note) == ("paper", "HT-A-R1")
    assert run(issue, Paper("analysis")).outcome == "conflict"
    assert run(issue, Paper("response")).outcome == "done"


def test_a_written_diagnosis(case: Case) -> None:
    fault = case.fault()
    case.step(fault, "arrive")
    row = case.due(fault, "diagnosis")
    order = dues.WriteDiagnosis(row.id, "灯泡老化", "换灯泡", "800 元")
    run(dues.write_diagnosis, order, case.world.engineer)
    assert case.owed(fault) == set()
    assert Fault.get_by_id(fault).diagnosis == "灯泡老化\n换灯泡"
    shown = dues.at_fault(fault, case.world.viewer, clock.now()).entries[0]
    assert shown.diagnosis == {"cause": "灯泡老化", "remedy": "换灯泡", "cost": "800 元"}
    with pytest.raises(NotFound):  # not the form that it asks for
        run(dues.fulfil_due, dues.FulfilDue(row.id, "x"), case.world.engineer)


def call(case: Case, who: Actor, fault: int, **more: Any) -> Any:
    values = {"reached": True, "satisfied": True, **more}
    row = case.due(fault, "callback")
    return run(dues.record_callback, dues.RecordCallback(row.id, **values), who)


def test_three_attempts_to_call_back(case: Case, quality: Actor) -> None:
    fault = case.fault()
    case.resolve(fault)
    assert told("due-callback") == ["quality-a"]
    for tries in (1, 2):
        answer = call(case, quality, fault, reached=False)
        assert answer.values == {"tries": tries, "all": 3}
        assert "callback" in case.owed(fault)
    call(case, quality, fault, reached=False)
    assert case.due(fault, "callback").done_how == "not_reached"
    assert call(case, quality, fault).outcome == "conflict"


def test_an_unhappy_answer_tells_the_supervisor(
    case: Case, quality: Actor, supervisor: Actor
) -> None:
    fault = case.fault()
    case.resolve(fault)
    call(case, quality, fault, reached=False)
    call(case, quality, fault, satisfied=False, words="声音还是小")
    row = case.due(fault, "callback")
    assert (row.done_how, row.note) == ("unhappy", "声音还是小")
    assert told("callback-unhappy") == ["supervisor-a"]
    assert "声音还是" not in leaf_texts()


def test_who_did_the_work_does_not_call_back(case: Case) -> None:
    fault = case.fault()
    case.resolve(fault)
    with pytest.raises(Forbidden):
        call(case, case.world.engineer, fault)


def test_the_desk_hands_in_the_makers_report_but_not_the_engineers(case: Case) -> None:
    desk = worlds.person("desk-a", ("desk", "client", case.world.client_id))
    fault = case.fault()
    run(dues.call_maker, dues.CallMaker(fault, "主板"), desk)
    run(dues.fulfil_due, dues.FulfilDue(case.due(fault, "maker").id, "报价"), desk)
    case.resolve(fault)
    with pytest.raises(Forbidden):
        run(dues.fulfil_due, dues.FulfilDue(case.due(fault, "report").id, "x"), desk)


def test_a_fault_restored_while_the_job_ran_owes_no_loaner(case: Case) -> None:
    fault = case.fault()
    case.resolve(fault)
    order = lapsing.RaiseLoaner(fault, 1, clock.to_text(START))
    assert run(lapsing.raise_loaner, order).outcome == "conflict"
    assert not FaultDue.select().where(FaultDue.kind == "loaner").exists()


def test_the_maker_is_called_once_at_a_time(case: Case) -> None:
    fault = case.fault()
    order = dues.CallMaker(fault, "主板", key_part=True)
    run(dues.call_maker, order, case.world.engineer)
    assert case.hours(case.due(fault, "maker").due_at) == 87
    assert dues.at_fault(fault, case.world.engineer, clock.now()).key_part
    assert run(dues.call_maker, order, case.world.engineer).outcome == "conflict"
    run(dues.fulfil_due, dues.FulfilDue(case.due(fault, "maker").id, "报价"), case.world.engineer)
    assert run(dues.call_maker, order, case.world.engineer).outcome == "done"
    case.resolve(fault)
    assert "maker" in case.owed(fault)
    with pytest.raises(Forbidden):
        run(dues.call_maker, order, case.world.viewer)


def test_beyond_repair_from_the_declaration_to_the_new_product(case: Case) -> None:
    fault = case.fault()
    order = dues.DeclareIrreparable(fault, "主板烧毁")
    run(dues.declare_irreparable, order, case.world.engineer)
    assert case.owed(fault) == {"original", "loaner"}
    assert run(dues.declare_irreparable, order, case.world.engineer).outcome == "conflict"
    case.at(5)
    case.swap(reason="loan")
    assert case.owed(fault) == {"original"}
    case.at(50)
    case.swap(expected_old_serial="SPA1", new_serial="SPA2")
    assert case.owed(fault) == set()


def test_a_declaration_taken_back_owes_nothing(case: Case) -> None:
    fault = case.fault()
    order = dues.DeclareIrreparable(fault, "主板烧毁")
    run(dues.declare_irreparable, order, case.world.engineer)
    said = FaultEvent.get(FaultEvent.kind == "irreparable")
    case.at(1)
    case.step(fault, "undone", of=said.id)
    assert case.owed(fault) == set()
    case.at(2)
    case.step(fault, "arrive")
    assert case.owed(fault) == {"diagnosis"}


def test_a_useless_system_owes_a_plan_within_the_hour(case: Case) -> None:
    fault = case.fault()
    run(dues.mark_unusable, dues.MarkUnusable(fault, "全黑"), case.world.engineer)
    row = case.due(fault, "fallback")
    assert case.hours(row.due_at) == 1
    again = run(dues.mark_unusable, dues.MarkUnusable(fault, "全黑"), case.world.engineer)
    assert again.outcome == "conflict"
    run(dues.fulfil_due, dues.FulfilDue(row.id, "改用 302 会议室"), case.world.engineer)
    assert case.owed(fault) == set()
    case.level(fault, "I")
    assert case.owed(fault) == set()  # the plan stands


def test_a_bug_owes_a_problem_until_it_is_in_one(case: Case) -> None:
    fault = case.fault()
    case.step(fault, "triage", "III", level="III", kind="system")
    case.resolve(fault)
    assert "problem" in case.owed(fault)
    order = problems.OpenProblem((fault,), "固件", "software_bug")
    problem = int(run(problems.open_problem, order, case.world.engineer).subject_id or 0)
    assert case.due(fault, "problem").done_how == "grouped"
    run(
        problems.remove_fault_from_problem, problems.RemoveFault(problem, fault), case.world.manager
    )
    assert "problem" in case.owed(fault)


def test_what_is_in_a_problem_already_owes_none(case: Case) -> None:
    fault = case.fault()
    order = problems.OpenProblem((fault,), "固件", "software_bug")
    run(problems.open_problem, order, case.world.engineer)
    case.step(fault, "triage", "III", level="III", kind="software_bug")
    case.resolve(fault)
    assert not FaultDue.select().where(FaultDue.kind == "problem").exists()


def test_a_loan_that_is_in_place_before_the_breach_owes_no_other(case: Case) -> None:
    fault = case.fault()
    case.level(fault, "II")
    case.swap(reason="loan")
    lapse(case, 50)
    lapse(case, 51)
    assert "loaner" not in case.owed(fault)


# Lateness


def test_lateness_is_told_once_to_who_owes_it_and_to_the_supervisor(
    case: Case, supervisor: Actor
) -> None:
    fault = case.fault()
    case.step(fault, "arrive")
    assert dues.ensure(case.at(24)) == 0  # at the very instant it is in time
    assert dues.ensure(case.at(24.01)) == 1
    assert told("due-late-diagnosis") == ["engineer-a", "supervisor-a"]
    assert dues.ensure(case.at(48)) == 0
    assert Notification.select().where(Notification.kind == "due-late-diagnosis").count() == 2
    assert [line.kind for line in dues.overdue(case.world.manager, clock.now())] == ["diagnosis"]
    case.step(fault, "restore", diagnosis="好")
    assert dues.overdue(case.world.manager, clock.now()) == []


def test_what_was_done_in_time_is_never_late(case: Case) -> None:
    fault = case.fault()
    case.step(fault, "arrive")
    row = case.due(fault, "diagnosis")
    run(dues.write_diagnosis, dues.WriteDiagnosis(row.id, "a", "b", "0"), case.world.engineer)
    assert dues.ensure(case.at(500)) == 0
    assert told("due-late-diagnosis") == []


def test_a_late_one_that_is_owed_again_is_told_again(case: Case) -> None:
    fault = case.fault()
    case.resolve(fault)
    late = dues.ensure(case.at(300))
    assert late == 4
    case.step(fault, "reopen")
    case.at(310)
    case.resolve(fault)
    assert dues.ensure(case.at(320)) == 0
    assert dues.ensure(case.at(600)) == 4


def test_the_same_deadline_is_told_once_and_another_one_again(case: Case) -> None:
    fault = case.fault()
    case.step(fault, "arrive")
    assert dues.ensure(case.at(30)) == 1
    case.step(fault, "restore", diagnosis="好了")
    slip = FaultEvent.select().order_by(FaultEvent.id.desc()).first()
    assert dues.ensure(case.at(200)) == 1  # the response report
    case.step(fault, "undone", of=slip.id)
    assert case.owed(fault) == {"diagnosis"}
    assert dues.ensure(case.at(201)) == 0
    Fault.update(state="on_site").where(Fault.id == fault).execute()
    case.step(fault, "restore")
    assert dues.ensure(case.at(202)) == 0
    assert dues.ensure(case.at(400)) == 1
    assert Notification.select().where(Notification.kind == "due-late-response_report").count() == 4


def test_a_role_that_nobody_holds_falls_to_those_above(case: Case) -> None:
    fault = case.fault()
    case.resolve(fault)
    assert told("due-callback") == ["manager-a"]
    assert people.holding("quality", case.world.client_id, clock.now()) == []


def test_two_who_fulfil_one_at_once(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(fresh_world, monkeypatch)
    fault = case.fault()
    case.resolve(fault)
    row = case.due(fault, "response_report")
    calls = [lambda w=w: run(dues.fulfil_due, dues.FulfilDue(row.id, w), fresh_world.engineer)
             for w in "ab"]  # fmt: skip
    assert sorted(one.outcome for one in at_once(calls)) == ["conflict", "done"]


def test_the_jobs_run_twice_at_once_raise_one_loaner(
    fresh_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(fresh_world, monkeypatch)
    fault = case.fault()
    case.level(fault, "II")
    now = case.at(50)
    answers = at_once([lambda: lapsing.ensure(now), lambda: lapsing.ensure(now)])
    assert all(isinstance(one, int) for one in answers)
    assert FaultDue.select().where(FaultDue.kind == "loaner").count() == 1


# What is read


def test_another_clients_dues_are_as_unknown_as_none(case: Case, other: World) -> None:
    theirs = Case(other, case.monkeypatch)
    fault = theirs.fault()
    theirs.resolve(fault)
    row = theirs.due(fault, "report")
    boss = worlds.person("boss-a", ("manager", "client", case.world.client_id))
    before = snapshot()
    for verb, order in (
        (dues.fulfil_due, dues.FulfilDue(row.id, "x")),
        (dues.waive_due, dues.WaiveDue(row.id, "x")),
        (dues.call_maker, dues.CallMaker(fault, "x")),
        (dues.fulfil_due, dues.FulfilDue(10**6, "x")),
        (dues.declare_irreparable, dues.DeclareIrreparable(fault, "x")),
        (dues.mark_unusable, dues.MarkUnusable(fault, "x")),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            run(verb, order, boss)
    assert snapshot() == before
    wish = dues.read_wish(Fields([("client", str(other.client_id))]))
    assert dues.listing(wish, boss, clock.now()).lines == []
    assert dues.overdue(boss, case.at(9999)) == []
    with pytest.raises(NotFound):
        dues.fault_of(row.id, boss)


def listed(actor: Actor, **wish: str) -> list[tuple[str, str | None]]:
    found = dues.listing(dues.read_wish(Fields(wish.items())), actor, clock.now())
    return [(line.kind, line.who) for line in found.lines]


def test_the_list_and_what_narrows_it(case: Case, quality: Actor) -> None:
    world, me = case.world, "engineer-a 先生"
    fault = case.fault()
    case.step(fault, "arrive")
    case.resolve(fault)
    case.at(30)
    faults_at(case, 31 / 24, 32 / 24)
    kinds = [kind for kind, _ in listed(world.manager)]
    assert kinds[0] == "diagnosis"
    assert kinds[-1] == "replacement"
    assert dues.listing(dues.Wish(), world.manager, clock.now()).lines[0].late
    assert listed(world.manager, kind="diagnosis") == [("diagnosis", me)]
    assert {kind for kind, _ in listed(quality, mine="1")} == {"callback"}
    assert {who for _, who in listed(world.engineer, mine="1")} == {me}
    assert listed(world.manager, state="done") == []
    row = case.due(fault, "diagnosis")
    run(dues.waive_due, dues.WaiveDue(row.id, "口头说明"), world.manager)
    assert listed(world.manager, state="done") == [("diagnosis", me)]
    assert ("diagnosis", me) not in listed(world.manager)
    for odd in ({"kind": "x"}, {"client": "9" * 30}, {"client": "x"}, {"state": "x"}):
        assert len(listed(world.manager, **odd)) == len(kinds) - 1


def test_reads_cost_the_same_with_few_and_with_many(case: Case) -> None:
    (fault, *_) = faults_at(case, 0)
    reads = {
        "list": lambda: dues.listing(dues.Wish(), case.world.manager, clock.now()),
        "late": lambda: dues.overdue(case.world.manager, case.at(9999)),
        "fault": lambda: dues.at_fault(fault, case.world.manager, clock.now()),
    }
    few = {name: queries_of(read) for name, read in reads.items()}
    faults_at(case, 1, 2, 3, 4, device=1)
    assert {name: queries_of(read) for name, read in reads.items()} == few
    assert few == {"list": 3, "late": 2, "fault": 4}


def test_forms_name_every_bad_field() -> None:
    for read, fields in (
        (dues.read_fulfilment, {"note"}), (dues.read_diagnosis, {"cause", "remedy", "cost"}),
        (dues.read_waiver, {"reason"}), (dues.read_callback, {"answer"}),
        (dues.read_maker, {"asked"}), (dues.read_irreparable, {"reason"}),
        (dues.read_unusable, {"words"}),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            read(Fields([]), 1)
        assert {error.field for error in refused.value.errors} == fields
    with pytest.raises(Invalid):
        dues.read_callback(Fields([("answer", "unhappy")]), 1)
    assert dues.read_callback(Fields([("answer", "not_reached")]), 1).reached is False
