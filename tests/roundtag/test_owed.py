"""What is owed, by hand-made tables of times: no database."""

from datetime import UTC, datetime, timedelta

import pytest

from roundtag.dues.kinds import DAYS, HOURS, KINDS, WORKING_DAYS, Term
from roundtag.dues.owed import Facts, Owed, owed, run_of
from roundtag.dues.terms import due_at, term_of
from roundtag.sla.events import Event

T = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 9:00 in Shanghai
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(hours: float) -> datetime:
    return T + timedelta(hours=hours)


def told(*lines: tuple[float, str] | tuple[float, str, str]) -> list[Event]:
    """Events numbered from 1, each (hours after T, kind[, what])."""
    return [Event(kind, at(hours), *what, id=number)
            for number, (hours, kind, *what) in enumerate(lines, 1)]  # fmt: skip


def of(events: list[Event], facts: Facts = Facts()) -> dict[str, Owed]:  # noqa: B008
    found = owed(events, facts)
    kinds = [one.kind for one in found if one.kind != "maker"]
    assert len(kinds) == len(set(kinds))
    return {one.kind: one for one in found}


def test_a_plain_fault_owes_its_papers_when_it_is_done_with() -> None:
    found = of(told((0, "reported"), (1, "on_site"), (2, "restored"), (30, "resolved")))
    assert {kind: (one.cause, one.raised_at, one.ended) for kind, one in found.items()} == {
        "diagnosis": (2, at(1), None),
        "response_report": (3, at(2), None),
        "report": (4, at(30), None),
        "analysis_report": (4, at(30), None),
        "callback": (4, at(30), None),
    }


@pytest.mark.parametrize("kind", ["reported", "dispatched", "responded", "paused", "progress"])
def test_other_steps_owe_nothing(kind: str) -> None:
    assert of(told((0, "reported"), (1, kind))) == {}


def test_a_diagnosis_ends_with_the_step_that_wrote_it() -> None:
    events = told((0, "reported"), (1, "on_site"), (3, "restored"))
    assert of(events, Facts(written=True))["diagnosis"].ended == (at(3), "step")
    assert of(events)["diagnosis"].ended is None
    assert of(events[:2], Facts(written=True))["diagnosis"].ended is None


def test_the_second_attendance_is_no_second_diagnosis() -> None:
    found = of(told((0, "reported"), (1, "on_site"), (5, "on_site")))
    assert (found["diagnosis"].cause, found["diagnosis"].raised_at) == (2, at(1))


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        ([(1, "level", "II")], 2),
        ([(1, "level", "I"), (2, "level", "II")], 2),
        ([(1, "level", "III")], None),
        ([(1, "level", "III"), (2, "level", "II")], 3),
        ([(1, "level", "I"), (2, "level", "III")], None),
        ([(1, "level", "I"), (2, "level", "IV"), (3, "level", "I")], 4),
        ([(1, "level", "IV"), (2, "unusable")], 3),
        ([(1, "unusable"), (2, "level", "I")], 2),
    ],
)
def test_a_grave_or_useless_system_owes_a_fallback(lines: list, cause: int | None) -> None:
    found = of(told((0, "reported"), *lines))
    assert (found["fallback"].cause if "fallback" in found else None) == cause


def test_a_fallback_ends_when_it_is_restored() -> None:
    events = told((0, "reported"), (1, "level", "I"), (2, "restored"))
    assert of(events)["fallback"].ended == (at(2), "restored")
    later = told((0, "reported"), (1, "restored"), (2, "level", "I"))
    assert "fallback" not in of(later)


def test_a_level_without_an_event_counts_from_the_report() -> None:
    assert of(told((0, "reported")), Facts(level="I"))["fallback"].cause == 1
    assert "fallback" not in of(told((0, "reported")), Facts(level="III"))


@pytest.mark.parametrize(
    ("facts", "ended"),
    [
        (Facts(lapsed={1: at(24)}), None),
        (Facts(lapsed={1: at(24)}, loans=[at(30)]), (at(30), "swap")),
        (Facts(lapsed={1: at(24)}, loans=[at(-1)]), None),
        (Facts(lapsed={1: at(24)}, renewals=[at(30)]), None),
    ],
)
def test_a_loaner_after_the_breach(facts: Facts, ended: object) -> None:
    found = of(told((0, "reported"), (1, "on_site")), facts)["loaner"]
    assert (found.raised_at, found.cause, found.ended) == (at(24), None, ended)


def test_a_loaner_ends_with_the_first_of_loan_and_restoring() -> None:
    events = told((0, "reported"), (40, "restored"))
    lapsed = {1: at(24)}
    assert of(events, Facts(lapsed=lapsed))["loaner"].ended == (at(40), "restored")
    assert of(events, Facts(lapsed=lapsed, loans=[at(35)]))["loaner"].ended == (at(35), "swap")


def test_no_device_no_loaner_and_another_cycle_is_another_breach() -> None:
    events = told((0, "reported"))
    assert of(events, Facts(has_device=False, lapsed={1: at(24)})) == {}
    assert of(events, Facts(lapsed={2: at(24)})) == {}
    again = told((0, "reported"), (30, "resolved"), (50, "reopened"))
    assert "loaner" not in of(again, Facts(lapsed={1: at(24)}))
    assert of(again, Facts(lapsed={1: at(24), 2: at(80)}))["loaner"].mark == "2"


def test_beyond_repair_owes_a_new_product_and_a_loaner() -> None:
    events = told((0, "reported"), (2, "irreparable"))
    found = of(events)
    assert {kind: one.cause for kind, one in found.items()} == {"original": 2, "loaner": 2}
    kept = of(events, Facts(loans=[at(3)]))
    assert (kept["loaner"].ended, kept["original"].ended) == ((at(3), "swap"), None)
    new = of(events, Facts(renewals=[at(3)]))
    assert new["original"].ended == (at(3), "swap")
    assert of(events, Facts(renewals=[at(1)]))["original"].ended is None
    assert of(events, Facts(retired_at=at(9)))["original"].ended == (at(9), "retired")


@pytest.mark.parametrize(
    ("kind", "owes"),
    [("system", True), ("device", True), ("misuse", False), ("", False)],
)
def test_only_bugs_and_failed_hardware_owe_a_problem(kind: str, owes: bool) -> None:
    done = told((0, "reported"), (1, "resolved"))
    assert ("problem" in of(done, Facts(kind=kind))) is owes
    assert "problem" not in of(told((0, "reported")), Facts(kind=kind))
    if owes:
        ended = of(done, Facts(kind=kind, grouped=True))["problem"].ended
        assert ended == (at(1), "grouped")


def test_level_one_owes_a_major_report_also_when_it_was_lowered() -> None:
    events = told((0, "reported"), (1, "level", "I"), (2, "level", "III"), (3, "resolved"))
    assert of(events)["major_report"].cause == 4
    plain = told((0, "reported"), (1, "level", "II"), (3, "resolved"))
    assert "major_report" not in of(plain)


def test_reopening_starts_anew_and_what_was_not_done_is_not_owed_meanwhile() -> None:
    events = told((0, "reported"), (1, "on_site"), (2, "resolved"), (30, "reopened"))
    assert of(events) == {}
    again = [*events, Event("resolved", at(40), id=5)]
    found = of(again)
    assert {one.mark for one in found.values()} == {"2"}
    assert "diagnosis" not in found  # nobody was there again
    assert found["report"].raised_at == at(40)


def test_a_level_outlives_a_reopening() -> None:
    events = told((0, "reported"), (1, "level", "II"), (2, "resolved"), (30, "reopened"))
    assert (of(events)["fallback"].cause, of(events)["fallback"].mark) == (4, "2")


def test_a_slip_that_is_taken_back_owes_nothing() -> None:
    events = told((0, "reported"), (1, "restored"))
    undone = [*events, Event("undone", at(2), id=3, of=2)]
    assert "response_report" in of(events)
    assert of(undone) == {}


def test_the_maker_is_owed_for_each_call_whatever_cycle() -> None:
    events = told((0, "reported"), (1, "maker_called"), (2, "resolved"), (3, "reopened"),
                  (4, "maker_called"))  # fmt: skip
    makers = [one.mark for one in owed(events, Facts()) if one.kind == "maker"]
    assert makers == ["2", "5"]


@pytest.mark.parametrize(
    ("days", "run"),
    [
        ([0, 10], []),
        ([0, 10, 29], [1, 2, 3]),
        ([0, 10, 30], [1, 2, 3]),
        ([0, 10, 30.0001], []),
        ([0, 10, 31], []),
        ([0, 20, 31, 45], [2, 3, 4]),
        ([0, 1, 2, 60], [1, 2, 3, 4]),
        ([0, 40, 80, 120], []),
        ([], []),
    ],
)
def test_three_within_thirty_days_back(days: list[float], run: list[int]) -> None:
    assert run_of([(n, T + timedelta(days=d)) for n, d in enumerate(days, 1)]) == run


@pytest.mark.parametrize(
    ("term", "since", "until"),
    [
        (Term(24, HOURS), "2026-03-02T01:00Z", "2026-03-03T01:00Z"),
        (Term(1, HOURS), "2026-03-02T23:30Z", "2026-03-03T00:30Z"),
        (Term(3, DAYS), "2026-03-02T01:00Z", "2026-03-05T16:00Z"),  # to the end of the 5th
        (Term(3, DAYS), "2026-03-02T15:59Z", "2026-03-05T16:00Z"),  # 23:59 there
        (Term(3, DAYS), "2026-03-02T16:00Z", "2026-03-06T16:00Z"),  # midnight there
        (Term(3, WORKING_DAYS), "2026-03-05T01:00Z", "2026-03-10T16:00Z"),  # Thursday → Tuesday
        (Term(3, WORKING_DAYS), "2026-09-30T01:00Z", "2026-10-10T16:00Z"),  # 8, 9, made-up 10
    ],
)
def test_when_it_is_due(term: Term, since: str, until: str) -> None:
    moment = datetime.fromisoformat(since)
    assert due_at(term, moment, "Asia/Shanghai") == datetime.fromisoformat(until)


def test_a_clients_own_days_count() -> None:
    off = {datetime(2026, 3, 6, tzinfo=UTC).date(): False}
    since = datetime(2026, 3, 5, 1, tzinfo=UTC)
    assert due_at(Term(1, WORKING_DAYS), since, "Asia/Shanghai", off.items()) == datetime(
        2026, 3, 9, 16, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("terms", "hours"),
    [({}, 24), ({"dues": {"diagnosis": 1}}, 1), ({"dues": {"diagnosis": 0}}, 24),
     ({"dues": {"diagnosis": 1.5}}, 24), ({"dues": {"diagnosis": "x"}}, 24),
     ({"dues": {"diagnosis": 10**9}}, 24), ({"dues": None}, 24),
     ({"dues": {"loaner": 2}}, 24)],
)  # fmt: skip
def test_the_contract_may_say_another_time(terms: dict, hours: int) -> None:
    assert term_of("diagnosis", terms) == Term(hours, HOURS)


def test_a_replacement_has_no_date() -> None:
    assert term_of("replacement", {"dues": {"replacement": 3}}) is None
    assert due_at(None, T, "Asia/Shanghai") is None
    assert [code for code, kind in KINDS.items() if kind.term is None] == ["replacement"]


def test_what_is_entered_when_it_is_over_owes_no_plan() -> None:
    events = told((0, "reported"), (0, "level", "I"), (0, "restored"))
    assert "fallback" not in of(events, Facts(over=True))
    again = told((0, "reported"), (0, "level", "I"), (0, "restored"), (5, "reopened"))
    assert of(again, Facts(over=True))["fallback"].cause == 4
