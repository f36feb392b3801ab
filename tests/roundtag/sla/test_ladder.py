"""Notices and upgrades: each once, also after a scheduler's sleep."""

from roundtag.sla.ladder import LADDER, Notice, due_notices, ladder_of, upgrade_owed
from tests.roundtag.sla.test_clocks import ONE, tell, when

Told = list[tuple[str, str, int, str]]


def short(notices: list[Notice]) -> Told:
    return [(n.role, n.key[0], n.key[3], when(n.at)) for n in notices]


def test_level_one_is_told_at_once() -> None:
    assert short(due_notices(tell("25 09:02", ONE))) == [
        ("manager", "restore", 0, "25 09:02"),
        ("supervisor", "restore", 0, "25 09:02"),
    ]


def test_a_tick_a_minute_tells_each_rung_once_and_in_time() -> None:
    already: set[object] = set()
    told: Told = []
    for minute in range(2, 15):
        for notice in due_notices(tell(f"25 09:{minute:02d}", ONE), already=already):  # type: ignore[arg-type]
            already |= {notice.key, *notice.covers}
            told += short([notice])
    assert [line for line in told if line[1] == "response"] == [
        ("engineer", "response", 50, "25 09:07"), ("supervisor", "response", 50, "25 09:07"),
        ("engineer", "response", 80, "25 09:10"), ("supervisor", "response", 80, "25 09:10"),
        ("engineer", "response", 100, "25 09:12"), ("manager", "response", 100, "25 09:12"),
        ("supervisor", "response", 100, "25 09:12"),
    ]  # fmt: skip


def test_after_a_sleep_each_role_is_told_the_worst_only() -> None:
    notices = due_notices(tell("25 20:00", ONE))
    roles = [(notice.role, notice.key[0]) for notice in notices]
    assert len(roles) == len(set(roles))
    assert ("client", "restore", 150, "25 15:02") in short(notices)
    spent = {key for notice in notices for key in (notice.key, *notice.covers)}
    assert due_notices(tell("25 20:01", ONE), already=spent) == []


def test_what_is_done_warns_nobody_but_a_breach_is_told() -> None:
    done = tell("25 12:00", ONE, ("25 09:08", "responded"))
    assert not [line for line in short(due_notices(done)) if line[1] == "response"]
    late = tell("25 12:00", ONE, ("25 09:13", "responded"))
    assert {line[2] for line in short(due_notices(late)) if line[1] == "response"} == {100}


def test_a_pause_puts_the_notices_off() -> None:
    paused = tell("25 20:00", ONE, ("25 09:05", "responded"), ("25 09:10", "paused", "client"))
    assert {line[2] for line in short(due_notices(paused))} == {0}


def test_the_client_hears_of_grave_faults_first() -> None:
    clients = [rung for rung in LADDER if rung.role == "client"]
    assert {(rung.percent, "I" in rung.levels, "IV" in rung.levels) for rung in clients} == {
        (100, True, False), (150, True, True)}  # fmt: skip


def test_an_unrestored_fault_rises_one_rung_at_a_time() -> None:
    events = [("25 09:00", "reported", "II")]
    assert upgrade_owed(tell("25 17:00", *events)) is None
    owed = upgrade_owed(tell("25 17:01", *events))
    assert owed
    assert (owed[0], when(owed[1])) == ("I", "25 17:00")
    events.append(("25 17:01", "level", owed[0]))
    assert upgrade_owed(tell("25 23:00", *events)) is None
    assert upgrade_owed(tell("25 23:00", *events[:1], ("25 16:00", "restored"))) is None
    assert upgrade_owed(tell("25 23:00", *events[:1], ("25 16:00", "paused", "client"))) is None


def test_a_contract_has_thresholds_of_its_own() -> None:
    told = tell("25 09:11", ONE)
    own = [line for line in short(due_notices(told, ladder_of((90, 100)))) if line[2] == 90]
    assert own == [("engineer", "response", 90, "25 09:11"),
                   ("supervisor", "response", 90, "25 09:11")]  # fmt: skip
    assert ladder_of((50, 80, 100)) == LADDER
