"""Three clocks kept apart: claimed, sent, received. The first two tell, the third decides."""

from datetime import UTC, datetime, timedelta

import pytest

from roundtag import clock, faults, history, rounds
from roundtag.claims import claim
from roundtag.models import Fault, Inspection, Submission
from tests.world import World, check_form, deliver, fault_form

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAYS = timedelta(days=2)


@pytest.mark.parametrize("ahead", [timedelta(days=2, hours=3), -DAYS, timedelta(minutes=-6)])
def test_a_claim_is_set_right_by_the_error_of_its_clock(ahead: timedelta) -> None:
    done = NOW - timedelta(hours=5)
    found = claim(done + ahead, NOW + ahead, NOW)
    assert found is not None
    assert (found.at, found.ahead) == (done, ahead)


def test_a_clock_that_is_nearly_right_is_believed() -> None:
    found = claim(NOW, NOW + timedelta(minutes=5), NOW)
    assert found is not None
    assert (found.at, found.ahead) == (NOW, timedelta())
    assert claim(None, NOW, NOW) is None
    unsent = claim(NOW, None, NOW)
    assert unsent is not None
    assert not unsent.ahead


def test_a_claim_outside_every_calendar_is_none() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert claim(first, last, NOW) is None
    assert claim(last, first, NOW) is None


@pytest.mark.parametrize("ahead", [DAYS, -DAYS])
def test_no_deadline_moves_with_a_phone_clock(world: World, ahead: timedelta) -> None:
    """A check and a fault filed on phones that are two days wrong, beside ones that are right."""
    for device, error in ((0, timedelta()), (1, ahead)):
        wrong = {"claimed_at": clock.now() + error, "sent_at": clock.now() + error}
        deliver("inspection", check_form(world, device), world.engineer, **wrong)
        deliver("fault", fault_form(world, device), world.engineer, **wrong)
        fault = Fault.select().order_by(Fault.id.desc()).first()
        check = Inspection.select().order_by(Inspection.id.desc()).first()
        received = Submission.get_by_id(fault.submission).received_at
        assert fault.reported_at == received
        assert abs(check.received_at - clock.now()) < timedelta(minutes=1)
    [card] = rounds.cards(world.engineer, clock.local_day(clock.now()))
    assert card.progress.done == 2

    [shown] = [e for e in history.of_device(world.devices[1].id) if e.kind == "inspection"]
    assert shown.claim is not None
    assert abs(shown.claim.ahead - ahead) < timedelta(seconds=10)
    assert abs(shown.claim.at - clock.now()) < timedelta(minutes=1)
    page = faults.page(fault.id, world.engineer)
    assert page.claim is not None
    assert abs(page.claim.at - clock.now()) < timedelta(minutes=1)
