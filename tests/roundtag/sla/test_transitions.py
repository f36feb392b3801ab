"""The life of a fault: every state × every verb × every role, against a table drawn by hand."""

import pytest

from roundtag.access import ROLES
from roundtag.sla.transitions import STATES, TABLE, VERBS, find, may, possible

# One line per verb; a column per state: its letter is the state that follows, . means refused.
COLUMNS = {"R": "reported", "T": "triaged", "D": "dispatched", "P": "responded", "S": "on_site",
           "E": "restored", "L": "resolved", "O": "observing", "C": "closed",
           "X": "cancelled"}  # fmt: skip
DRAWN = """
                  RTDPSELOCX
triage            T.........   desk supervisor manager
set_level         .TDPS.....   desk supervisor manager
upgrade           RTDPS.....   system
dispatch          DD........   desk supervisor manager
reassign          ..DPS.....   desk supervisor manager
change_crew       ..DPS.....   desk supervisor manager
respond           PPP.......   desk supervisor manager engineer analyst
arrive            SSSS......   engineer analyst supervisor manager
restore_remotely  EEEE......   desk supervisor manager engineer analyst
restore           ....E.....   engineer analyst supervisor manager
resolve           .....L....   engineer analyst supervisor manager
observe           ......O...   desk supervisor manager engineer analyst
close             .......C..   supervisor manager
reopen            .....TTTT.   desk supervisor manager engineer analyst quality client
cancel_duplicate  XXXXX.....   desk supervisor manager
separate          .........R   desk supervisor manager
pause             .TDPS.....   desk supervisor manager engineer analyst
resume            .TDPS.....   desk supervisor manager engineer analyst
record_progress   .TDPS.....   desk supervisor manager engineer analyst
accept_claim      RTDPSELO..   supervisor manager
"""


def drawn() -> dict[tuple[str, str], tuple[str, frozenset[str]]]:
    found = {}
    for line in DRAWN.strip().splitlines()[1:]:
        verb, steps, *roles = line.split()
        for letter, after in zip(COLUMNS, steps, strict=True):
            if after != ".":
                found[COLUMNS[letter], verb] = (COLUMNS[after], frozenset(roles))
    return found


ALLOWED = drawn()


@pytest.mark.parametrize("state", STATES)
def test_every_verb_and_role_in_a_state(state: str) -> None:
    for verb in VERBS:
        step = find(state, verb)
        after, roles = ALLOWED.get((state, verb), ("", frozenset()))
        assert (step.after if step else "") == after, (state, verb)
        for role in (*ROLES, "system"):
            assert may(step, {role}) == (role in roles), (state, verb, role)


def test_the_table_is_whole() -> None:
    assert {(step.before, step.verb) for step in TABLE} == set(ALLOWED)
    assert len(TABLE) == len(ALLOWED)  # no step twice
    assert {step.before for step in TABLE} | {step.after for step in TABLE} == set(STATES)


def test_every_step_can_be_taken_back() -> None:
    for step in TABLE:
        assert step.undo == "undo" or step.undo in VERBS, step
        if step.undo != "undo":  # a verb of its own: it must be possible where the step led
            assert find(step.after, step.undo) or step.verb == "upgrade", step


def test_every_state_but_none_is_a_dead_end() -> None:
    """Whatever happens to a fault, somebody can go on from there."""
    assert all(possible(state, ROLES) for state in STATES)


def test_what_an_engineer_may_do_on_site() -> None:
    assert [step.verb for step in possible("on_site", {"engineer"})] == [
        "restore", "pause", "resume", "record_progress"]  # fmt: skip
    assert possible("on_site", {"auditor"}) == []
    assert not may(None, {"manager"})
