"""Plans: saved, refused field by field, paused, retired; what a new contract usually needs."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from roundtag import clock, plans, rounds
from roundtag.access import Actor
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import Contract, Device, Grant, Round, RoundPlan
from roundtag.plans import SavePlan
from tests.seeing import queries_of, snapshot
from tests.world import World, person, run

NOW = datetime(2027, 1, 4, 1, tzinfo=UTC)


def plan(world: World, **more: Any) -> SavePlan:
    return SavePlan(**{
        "contract_id": world.contract_id, "name": "月度巡检", "occasion": "monthly",
        "cycle": "monthly", "starts_on": Contract.get_by_id(world.contract_id).starts_on, **more,
    })  # fmt: skip


def save(world: World, actor: Actor | None = None, **more: Any) -> RoundPlan:
    receipt = run(plans.save_plan, plan(world, **more), actor or world.manager)
    return RoundPlan.get_by_id(receipt.subject_id)


def opened(world: World) -> int:
    """How many rounds of this client the scheduler opens now."""
    before = Round.select().where(Round.client == world.client_id).count()
    rounds.ensure(NOW)
    return Round.select().where(Round.client == world.client_id).count() - before


def errors(world: World, **more: Any) -> dict[str, str]:
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        save(world, **more)
    assert snapshot() == before
    return {error.field: error.code for error in refused.value.errors}


def test_a_plan_is_kept_as_it_was_said(world: World) -> None:
    backup = person("backup-a", ("engineer", "client", world.client_id))
    kept = save(world, categories=("projector",), rooms=(world.room.id,), sample=1, lead_days=3,
                engineer_id=world.engineer.person_id, backup_id=backup.person_id)  # fmt: skip
    said = plans.saved(kept)
    assert said == replace(plan(world), plan_id=kept.id, categories=("projector",), sample=1,
                           rooms=(world.room.id,), lead_days=3, backup_id=backup.person_id,
                           engineer_id=world.engineer.person_id)  # fmt: skip
    found = plans.preview(said, world.manager, NOW)
    assert (len(found.turns), found.facts.stops, len(found.facts.whole)) == (6, 1, 2)
    assert (found.engineer, found.backup) == ("engineer-a 先生", "backup-a 先生")
    assert found.outside


def test_only_those_who_plan_may(world: World, other: World) -> None:
    kept = save(world)
    for actor in (world.engineer, world.viewer, other.manager):
        for verb, order in (
            (plans.save_plan, plan(world)),
            (plans.pause_plan, plans.PausePlan(kept.id)),
            (plans.retire_plan, plans.RetirePlan(kept.id)),
            (plans.add_default_plans, plans.AddDefaultPlans(world.contract_id)),
            (rounds.set_commissioning, rounds.SetCommissioning(world.contract_id, 3)),
        ):
            with pytest.raises(Forbidden):
                run(verb, order, actor)
    with pytest.raises(NotFound):
        plans.plan_of(kept.id, other.engineer)


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"name": ""}, "name", "required"),
        ({"occasion": "before_meeting"}, "occasion", "unknown"),
        ({"cycle": "fortnightly"}, "cycle", "unknown"),
        ({"cycle": "days", "every": 0}, "every", "range"),
        ({"due": 32}, "due", "range"),
        ({"due": 0}, "due", "range"),
        ({"due_rule": "after", "due": 400}, "due", "range"),
        ({"due_rule": "x"}, "due_rule", "unknown"),
        ({"shift": "sideways"}, "shift", "unknown"),
        ({"lead_days": 99}, "lead_days", "range"),
        ({"sample": 0}, "sample", "range"),
        ({"sample": 101, "sample_unit": "percent"}, "sample", "range"),
        ({"categories": ("room",)}, "categories", "unknown"),
        ({"rooms": (999_999,)}, "rooms", "unknown"),
        ({"starts_on": date(2020, 1, 1)}, "starts_on", "term"),
        ({"ends_on": date(2099, 1, 1)}, "ends_on", "term"),
        ({"engineer_id": 999_999}, "engineer", "rights"),
    ],
)
def test_what_cannot_be_kept_is_named(
    world: World, more: dict[str, Any], field: str, code: str
) -> None:
    assert errors(world, **more) == {field: code}


def test_people_places_and_days_of_others_are_refused(world: World, other: World) -> None:
    me = world.engineer.person_id
    assert errors(world, engineer_id=other.engineer.person_id) == {"engineer": "rights"}
    assert errors(world, engineer_id=me, backup_id=me) == {"backup": "same"}
    assert errors(world, rooms=(other.room.id,)) == {"rooms": "unknown"}
    assert errors(world, ends_on=Contract.get_by_id(world.contract_id).starts_on,
                  starts_on=date(2027, 1, 1)) == {"ends_on": "order"}  # fmt: skip


def test_an_ended_contract_takes_no_plan(world: World) -> None:
    Contract.update(starts_on="2020-01-01", ends_on="2020-12-31").where(
        Contract.id == world.contract_id
    ).execute()
    assert errors(world, starts_on=date(2020, 2, 1)) == {"contract": "ended"}
    with pytest.raises(Invalid):
        run(plans.add_default_plans, plans.AddDefaultPlans(world.contract_id), world.manager)


def test_a_plan_without_any_stop_is_kept_with_a_warning(world: World) -> None:
    receipt = run(plans.save_plan, plan(world, categories=("lightning",)), world.manager)
    assert receipt.message == plans.WARNINGS["no-stop"]
    assert opened(world) == 0
    Device.update(category="lightning").where(Device.id == world.devices[0].id).execute()
    assert opened(world) == 1


def test_a_sample_as_large_as_the_whole_is_told(world: World) -> None:
    receipt = run(plans.save_plan, plan(world, sample=50), world.manager)
    assert receipt.message == plans.WARNINGS["whole"]


def test_an_edit_leaves_the_open_round_as_it_is_and_says_so(world: World) -> None:
    kept = save(world)
    rounds.ensure(NOW)
    tour = Round.get(Round.plan == kept.id)
    receipt = run(plans.save_plan, plan(world, plan_id=kept.id, name="新名", due=20,
                                        categories=("camera",)), world.manager)  # fmt: skip
    assert "open round stays" in receipt.message
    after = Round.get_by_id(tour.id)
    assert (after.due_on, after.name, after.scope) == (tour.due_on, "月度巡检", tour.scope)
    assert opened(world) == 0


def test_a_pause_opens_nothing_and_ends(world: World) -> None:
    kept = save(world)
    pause, resume = plans.PausePlan(kept.id), plans.PausePlan(kept.id, paused=False)
    assert run(plans.pause_plan, pause, world.manager).outcome == "done"
    assert run(plans.pause_plan, pause, world.manager).outcome == "conflict"
    assert opened(world) == 0
    assert run(plans.pause_plan, resume, world.manager).outcome == "done"
    assert run(plans.pause_plan, resume, world.manager).outcome == "conflict"
    assert opened(world) == 1


def test_a_retired_plan_is_over_for_good_and_no_other_takes_its_place(world: World) -> None:
    kept = save(world)
    assert run(plans.retire_plan, plans.RetirePlan(kept.id), world.manager).outcome == "done"
    for verb, order in (
        (plans.retire_plan, plans.RetirePlan(kept.id)),
        (plans.save_plan, plan(world, plan_id=kept.id)),
        (plans.pause_plan, plans.PausePlan(kept.id)),
    ):
        assert run(verb, order, world.manager).outcome == "conflict"
    assert opened(world) == 0
    [contract] = [c for c in plans.contracts(world.manager, NOW) if c.id == world.contract_id]
    assert contract.plans == []


def test_the_usual_plans_come_once(world: World) -> None:
    order = plans.AddDefaultPlans(world.contract_id)
    assert run(plans.add_default_plans, order, world.manager).values == {"count": 5}
    assert run(plans.add_default_plans, order, world.manager).values == {"count": 0}
    found = {row.occasion: row for row in RoundPlan.select()}
    assert set(found) == {"monthly", "quarterly", "half_yearly", "weekly", "daily"}
    today = clock.local_day(clock.now())
    assert found["monthly"].starts_on <= today
    assert all(row.starts_on >= today for row in found.values() if row.occasion != "monthly")
    assert found["monthly"].rooms_too


def test_the_list_costs_the_same_with_many_plans(world: World) -> None:
    save(world)
    few = queries_of(lambda: plans.contracts(world.manager, NOW))
    for number in range(12):
        save(world, name=f"计划 {number}", engineer_id=world.engineer.person_id)
    assert queries_of(lambda: plans.contracts(world.manager, NOW)) <= few + 1  # names of people
    assert few <= 7


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"starts_on": "2026-13-01"}, "starts_on"),
        ({"starts_on": "30 February"}, "starts_on"),
        ({"rooms": "x"}, "rooms"),
        ({"due": "ten"}, "due"),
        ({"cycle": ""}, "cycle"),
        ({"engineer": "-1"}, "engineer"),
    ],
)
def test_a_form_that_cannot_be_read_names_its_field(typed: dict[str, str], field: str) -> None:
    good = {"name": "月检", "occasion": "monthly", "cycle": "monthly", "starts_on": "2026-12-01"}
    with pytest.raises(Invalid) as refused:
        plans.read_plan(Fields({**good, **typed}.items()), 1)
    assert [error.field for error in refused.value.errors] == [field]


def test_an_engineer_who_lost_the_right_is_replaced_by_who_is_on_duty(world: World) -> None:
    gone = person("gone-a", ("engineer", "client", world.client_id))
    kept = save(world, engineer_id=gone.person_id)
    Grant.delete().where(Grant.person == gone.person_id).execute()
    rounds.ensure(NOW)
    assert Round.get(Round.plan == kept.id).engineer_id == world.engineer.person_id
