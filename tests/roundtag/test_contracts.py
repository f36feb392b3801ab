"""Contracts: the record, and the matrix that is drafted, compared, published and then kept."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from peewee import DatabaseError

from roundtag import clock, contracts, ledger
from roundtag.contracts.drafting import typed
from roundtag.contracts.record import digest
from roundtag.db import database
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.fields import Fields
from roundtag.models import CalendarException, Contract, ContractMatrix, Log
from roundtag.sla.matrix import BY_THE_DAY, DEFAULT, PRESETS, SHIPPED, Matrix
from tests.seeing import queries_of
from tests.world import World, run

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


def form(matrix: Matrix = DEFAULT, seen: str = "", **changed: str) -> Fields:
    values = {**typed(matrix), "seen": seen}
    values |= {name.replace("__", "."): value for name, value in changed.items()}
    return Fields(values.items())


def seen(world: World) -> str:
    return contracts.matrix_page(world.contract_id, world.manager, now=NOW).seen


def save(world: World, matrix: Matrix = DEFAULT, who: Any = None, **changed: str) -> Any:
    order = contracts.read_matrix(form(matrix, seen(world), **changed), world.contract_id)
    return run(contracts.save_matrix, order, who or world.manager)


def publish(world: World, who: Any = None) -> Any:
    order = contracts.PublishMatrix(world.contract_id, seen(world))
    return run(contracts.publish_matrix, order, who or world.manager)


def contract(world: World) -> Contract:
    return Contract.get_by_id(world.contract_id)


@pytest.mark.parametrize("name", PRESETS)
def test_a_form_reads_back_what_it_shows(name: str) -> None:
    order = contracts.read_matrix(form(Matrix(PRESETS[name], DEFAULT.definitions)), 1)
    from roundtag.contracts.matrices import from_columns

    assert from_columns(order.columns, "Asia/Shanghai").rows == PRESETS[name]


@pytest.mark.parametrize(("field", "value", "wrong"), [
    ("I.response.n", "", "I.response.n"),
    ("I.response.n", "0", "I.response.n"),
    ("I.response.n", "99999999", "I.response.n"),
    ("I.response.n", "ten", "I.response.n"),
    ("I.response.u", "", "I.response.n"),
    ("I.response.u", "weeks", "I.response.u"),
    ("I.response.c", "moon", "I.response.c"),
    ("II.restore.off", "own", None),
    ("def.III.zh", "", "def.III.zh"),
    ("week.0.am_from", "9", "week.0"),
    ("week.0.am_until", "08:00", "week.0"),
    ("week.0.pm_from", "11:00", "week.0"),
    ("warn", "", "warn"),
    ("warn", "half", "warn"),
    ("warn", "50, 120", "warn"),
])  # fmt: skip
def test_each_bad_field_is_named(field: str, value: str, wrong: str | None) -> None:
    given = form(**{field.replace(".", "__"): value})
    if wrong is None:
        assert contracts.read_matrix(given, 1).rows["II"]["restore"]["off"] is None
        return
    with pytest.raises(Invalid) as refused:
        contracts.read_matrix(given, 1)
    assert wrong in [error.field for error in refused.value.errors]


def test_a_week_without_hours_is_refused() -> None:
    empty = {f"week__{day}__{part}_{end}": "" for day in range(7) for part in ("am", "pm")
             for end in ("from", "until")}  # fmt: skip
    with pytest.raises(Invalid):
        contracts.read_matrix(form(**empty), 1)


def test_before_anything_is_published_the_default_holds(world: World) -> None:
    page = contracts.matrix_page(world.contract_id, world.viewer, now=NOW)
    assert (page.shown, page.matrix.rows, page.may_edit) == (0, SHIPPED, False)
    assert contracts.matrix_at(contract(world), NOW).number == 0
    assert contracts.matrix_at(None, NOW) is DEFAULT


def test_a_draft_holds_for_nobody_and_a_version_from_then_on(world: World) -> None:
    assert save(world, I__response__n="15").outcome == "done"
    assert contracts.matrix_at(contract(world), clock.now()).number == 0
    before = clock.now()
    assert publish(world).outcome == "done"
    found = contracts.matrix_at(contract(world), clock.now())
    first = found.rows["I"]["response"].workday
    assert first
    assert (found.number, first.minutes) == (1, 15)
    assert contracts.matrix_at(contract(world), before).number == 0  # reported before: as then
    assert not [line for log in Log.select() for line in ledger.verify(log.client_id)]


def test_a_fault_keeps_the_version_of_its_report(world: World) -> None:
    for minutes in ("15", "25"):
        save(world, I__response__n=minutes)
        publish(world)
    rows = list(ContractMatrix.select().order_by(ContractMatrix.number))
    assert [row.number for row in rows] == [1, 2]
    between = rows[1].published_at - timedelta(microseconds=1)
    assert contracts.matrix_at(contract(world), between).number == 1
    assert contracts.matrix_at(contract(world), rows[1].published_at).number == 2


def test_nobody_changes_a_published_version(world: World) -> None:
    save(world)
    publish(world)
    with pytest.raises(DatabaseError), database.atomic():
        ContractMatrix.update(zone="UTC").execute()
    with pytest.raises(DatabaseError), database.atomic():
        ContractMatrix.delete().execute()


def test_two_editors_overwrite_nothing(world: World) -> None:
    old = seen(world)
    save(world, I__response__n="15")
    order = contracts.read_matrix(form(seen=old, I__response__n="45"), world.contract_id)
    assert run(contracts.save_matrix, order, world.manager).outcome == "conflict"
    assert run(contracts.publish_matrix, contracts.PublishMatrix(world.contract_id, old),
               world.manager).outcome == "conflict"  # fmt: skip
    draft = contracts.draft_of(contract(world))
    assert draft
    assert draft.rows["I"]["response"]["workday"]["minutes"] == 15
    assert ContractMatrix.select().count() == 0


def test_the_same_again_makes_no_version(world: World) -> None:
    save(world)
    assert publish(world).outcome == "done"
    assert publish(world).outcome == "conflict"
    assert ContractMatrix.select().count() == 1


def test_who_may(world: World, other: World) -> None:
    for actor in (world.engineer, world.viewer):
        with pytest.raises(Forbidden):
            save(world, who=actor)
        with pytest.raises(Forbidden):
            publish(world, who=actor)
    order = contracts.read_matrix(form(), world.contract_id)
    with pytest.raises((Forbidden, NotFound)):
        run(contracts.save_matrix, order, other.viewer)
    with pytest.raises(NotFound):
        contracts.matrix_page(world.contract_id, other.engineer, now=NOW)


def test_a_shapeless_matrix_is_refused(world: World) -> None:
    order = contracts.SaveMatrix(world.contract_id, {"I": {}}, {}, [], [])
    with pytest.raises(Invalid):
        run(contracts.save_matrix, order, world.manager)


def test_what_a_draft_changes_is_listed(world: World) -> None:
    save(world, IV__on_site__u="h", IV__on_site__n="30", def__I__zh="全停", warn="60, 90")
    page = contracts.matrix_page(world.contract_id, world.manager, "draft", now=NOW)
    assert [(c.kind, c.level, c.target) for c in page.changes] == [
        ("promise", "IV", "on_site"), ("definition", "I", ""), ("warn", "", "")]  # fmt: skip
    assert page.ahead
    assert page.changes[2].after == (60, 90, 100)


def test_the_preview_knows_the_clients_own_days(world: World) -> None:
    CalendarException.create(client=world.client_id, day=date(2026, 11, 26), working=False)
    reported = datetime(2026, 11, 25, 9, 15, tzinfo=UTC)  # 17:15 in China, a Wednesday
    page = contracts.matrix_page(world.contract_id, world.engineer, now=NOW, reported_at=reported)
    third = page.preview[2]
    assert third.response == datetime(2026, 11, 27, 1, 15, tzinfo=UTC)  # Friday 9:15


def test_the_preview_of_a_promise_by_the_day(world: World) -> None:
    save(world, Matrix(BY_THE_DAY, DEFAULT.definitions))
    page = contracts.matrix_page(world.contract_id, world.manager, "draft", now=NOW)
    assert page.preview[1].response == NOW + timedelta(hours=2)
    assert page.preview[1].on_site is None


@pytest.mark.parametrize("wanted", ["7", "x", "-1", "draft", "²"])
def test_unknown_versions(world: World, wanted: str) -> None:
    with pytest.raises(NotFound):
        contracts.matrix_page(world.contract_id, world.manager, wanted, now=NOW)


def test_the_page_asks_a_fixed_number_of_questions(world: World) -> None:
    def ask() -> None:
        contracts.matrix_page(world.contract_id, world.manager, now=NOW)

    few = queries_of(ask)
    for minutes in ("15", "25", "35"):
        save(world, I__response__n=minutes)
        publish(world)
    assert queries_of(ask) <= few + 1  # the names of who published


def terms(world: World, **changed: str) -> Fields:
    values = {
        "name": "运维合同", "starts_on": "2026-01-01", "ends_on": "2031-12-31",
        "zone": "Asia/Shanghai", "parts": "shared", "parts_limit": "500", "currency": "CNY",
        "rate.labour_hour": "120", "target.connection": "90", "free_hours": "80",
        "after_end": "phone", "after_months": "12", "seen": digest(contract(world)),
    }  # fmt: skip
    return Fields({**values, **changed}.items())


def edit(world: World, who: Any = None, **changed: str) -> Any:
    order = contracts.read_terms(terms(world, **changed), world.contract_id)
    return run(contracts.edit_contract, order, who or world.manager)


def test_the_record(world: World) -> None:
    assert edit(world).outcome == "done"
    page = contracts.page(world.contract_id, world.manager)
    assert page.years == 6.0
    assert (page.terms["parts"], page.terms["free_hours"]) == ("shared", 80.0)
    assert page.terms["rates"] == {"labour_hour": 120.0, "night_hour": None, "visit": None}
    assert contracts.listed(world.manager)[0].name == "运维合同"


def test_repair_times_of_the_record(world: World) -> None:
    assert edit(world, **{"repair.home": "5"}).outcome == "done"
    agreed = contracts.page(world.contract_id, world.manager).terms["repair_days"]
    assert agreed == {"home": 5, "abroad": None}
    for wrong in ("0", "367", "x"):
        with pytest.raises(Invalid):
            edit(world, **{"repair.abroad": wrong})


def test_rates_are_not_for_engineers(world: World) -> None:
    edit(world)
    assert "rates" in contracts.page(world.contract_id, world.viewer).terms
    found = contracts.page(world.contract_id, world.engineer)
    assert not {"rates", "parts_limit"} & set(found.terms)
    assert found.terms["parts"] == "shared"


@pytest.mark.parametrize(("field", "value"), [
    ("name", ""), ("starts_on", "x"), ("zone", ""), ("parts", "nobody"), ("free_hours", "-1"),
    ("target.connection", "101"), ("after_end", "x"), ("rate.visit", "much"),
])  # fmt: skip
def test_bad_terms(world: World, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        edit(world, **{field: value})
    assert [error.field for error in refused.value.errors] == [field]


def test_what_only_the_verb_can_see(world: World) -> None:
    for field, value in (("ends_on", "2025-01-01"), ("zone", "Asia/Nowhere"), ("zone", "../x")):
        with pytest.raises(Invalid):
            edit(world, **{field: value})
    assert edit(world, seen="old").outcome == "conflict"
    for actor in (world.engineer, world.viewer):
        with pytest.raises(Forbidden):
            edit(world, who=actor)


def test_what_a_fault_owes_may_be_agreed_otherwise(world: World) -> None:
    order = contracts.read_terms(terms(world, **{"due.diagnosis": "1"}), world.contract_id)
    assert (order.terms["dues"]["diagnosis"], order.terms["dues"]["loaner"]) == (1, None)
    for wrong in ("0", "9999", "1.5", "x"):
        with pytest.raises(Invalid):
            contracts.read_terms(terms(world, **{"due.diagnosis": wrong}), world.contract_id)
    with pytest.raises(Invalid):
        contracts.read_terms(terms(world, **{"due.report": "367"}), world.contract_id)
