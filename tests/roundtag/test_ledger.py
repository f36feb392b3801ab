"""The ledger: append-only, gap-free, canonical, silent about people, and able to tell."""

import itertools
import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import peewee
import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roundtag import approvals, db, documents, ledger, people, rounds, sync
from roundtag.access import ATTENDEE
from roundtag.db import database
from roundtag.models import PROTECTED, Base, ChecklistVersion, Fault, Leaf, Log
from tests.seeing import at_once, leaf_texts
from tests.world import (
    World,
    check_form,
    deliver,
    envelope,
    fault_form,
    new_id,
    resolve,
    run,
    swap_form,
)

NOTE = "灯丝发黑，王小明说上周就这样"
CONTACT = "13812345678"


def alarms() -> list[str]:
    """What verify() finds wrong in any log."""
    return [line for log in Log.select() for line in ledger.verify(log.client_id)]


FROZEN = ("leaf", "checklist_version", "issued_document")
ATTACKS = ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE")


def lived_in(world: World) -> None:
    """A history with every kind of deed, words and names in each free field."""
    deliver("fault", fault_form(world, description=NOTE, contact=CONTACT), ATTENDEE)
    deliver("inspection", {**check_form(world, note=NOTE), "item.image": "fail",
                           "note.image": NOTE, "item.remark": NOTE}, world.engineer)  # fmt: skip
    deliver("swap", swap_form(world, note=NOTE), world.engineer)
    fault = Fault.select().where(Fault.client == world.client_id).order_by(Fault.id).first()
    resolve(fault.id, world.engineer, NOTE)
    run(approvals.decide, approvals.Decide(world.client_id, "plan", 1, "client", "refused", NOTE),
        world.manager)  # fmt: skip


@pytest.mark.parametrize("table", FROZEN)
@pytest.mark.parametrize(
    "attack", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"]
)
def test_the_database_itself_refuses_to_rewrite(world: World, store_kind: str, table: str,
                                                attack: str) -> None:  # fmt: skip
    if attack.startswith("TRUNCATE") and store_kind == "sqlite":
        attack = "DELETE FROM {0} WHERE 1 = 1"
    column = {"leaf": "text", "checklist_version": "items", "issued_document": "number"}[table]
    order = documents.IssueDocument(world.client_id, "BG-1", "monthly", "a" * 64, "b" * 64)
    run(documents.issue_document, order, world.manager)
    with pytest.raises(peewee.DatabaseError, match="append-only"), database.atomic():
        database.execute_sql(attack.format(table, column))


def test_leaves_are_canonical_json_under_their_rfc_9162_hash(world: World) -> None:
    lived_in(world)
    for leaf in Leaf.select():
        assert rfc8785.dumps(json.loads(leaf.text)).decode() == leaf.text
        assert leaf.hash == ledger.hashlib.sha256(b"\0" + leaf.text.encode()).hexdigest()


def test_indexes_are_gap_free_with_eight_writers_at_once(fresh_world: World) -> None:
    world = fresh_world
    calls = [
        lambda n=n: [
            sync.submit(envelope("inspection", check_form(world, n % 2), world.engineer.person_id),
                        world.engineer)
            for _ in range(3)
        ]
        for n in range(8)
    ]  # fmt: skip
    assert [r for r in at_once(calls) if isinstance(r, BaseException)] == []
    log = ledger.log_of(world.client_id)
    indexes = [leaf.leaf_index for leaf in Leaf.select().where(Leaf.log == log.id)]
    assert sorted(indexes) == list(range(log.size))
    assert alarms() == []


def test_a_refused_deed_takes_no_index(world: World) -> None:
    size = ledger.log_of(world.client_id).size
    with pytest.raises(sync.RoundtagError):
        deliver("inspection", check_form(world, **{"item.lamp": "?"}), world.engineer)
    assert ledger.log_of(world.client_id).size == size


def test_no_name_note_or_contact_is_ever_in_a_leaf(world: World) -> None:
    lived_in(world)
    texts = leaf_texts()
    assert len(texts) > 5000
    for secret in (NOTE, CONTACT, "先生", "王小明", *phrases(NOTE)):
        assert secret not in texts
        assert json.dumps(secret)[1:-1] not in texts


def phrases(text: str) -> list[str]:
    return [text[i : i + 4] for i in range(0, len(text) - 3)]


def test_equal_words_get_different_commitments(world: World) -> None:
    for _ in range(2):
        deliver("fault", fault_form(world, description=NOTE), world.engineer)
    images = [change["after"]["description"] for leaf in Leaf.select()
              for change in json.loads(leaf.text)["changes"]
              if change["table"] == "fault"]  # fmt: skip
    assert len({image["hmac-sha256"] for image in images}) == len(images) == 2


def test_a_commitment_proves_the_words_to_whoever_has_the_salt(world: World) -> None:
    deliver("fault", fault_form(world, description=NOTE), world.engineer)
    fault = Fault.select().order_by(Fault.id.desc()).first()
    told = ledger.commitment(fault.salts["description"], NOTE)
    assert told in leaf_texts()
    assert ledger.commitment(fault.salts["description"], NOTE + " ") not in leaf_texts()


def test_one_clients_deeds_are_not_in_anothers_log(world: World, other: World) -> None:
    theirs = ledger.log_of(other.client_id).size
    deliver("inspection", check_form(world), world.engineer)
    assert ledger.log_of(other.client_id).size == theirs


def rewritable() -> None:
    """What somebody with the database's own password can do first: drop the guards."""
    if db.kind() == "postgresql":
        for table in FROZEN:
            database.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    else:
        for table in FROZEN:
            for event in ("update", "delete"):
                database.execute_sql(f"DROP TRIGGER {table}_no_{event}")


class Undo(Exception):
    pass


def after(attack: Callable[[], Any]) -> list[str]:
    """What verify() says after an attack that is undone again."""
    found: list[str] = []
    with suppress(Undo), database.atomic():
        attack()
        found += alarms()
        raise Undo
    return found


def wrong(field: peewee.Field, value: Any) -> list[Any]:
    """Other values as an attacker would write them, sound and unsound, in the database's terms."""
    if isinstance(field, peewee.BooleanField):
        return [not value]
    if isinstance(field, peewee.ForeignKeyField | peewee.IntegerField):
        return [None if value is not None else 1, (value or 0) + 1]
    return ["2020-01-01T00:00:00.000000Z", "{}", "x", (value or "") + " "]


def mutations(model: type[Base]) -> list[tuple[str, str, tuple[Any, Any]]]:
    """(row, SQL, values) for every cell of a table's newest row that its log protects."""
    meta, sign = model._meta, database.obj.param
    key = meta.primary_key
    fields = [f for f in meta.sorted_fields if f.name not in model.UNLOGGED and f is not key]
    row = next(iter(database.execute(model.select(key, *fields).order_by(key.desc()).limit(1))), ())
    return [
        (f"{meta.table_name} {row[0]}",
         f'UPDATE "{meta.table_name}" SET "{field.column_name}" = {sign} '
         f'WHERE "{key.column_name}" = {sign}', (value, row[0]))
        for field, stored in zip(fields, row[1:], strict=False)
        for value in sorted({*wrong(field, stored)} - {stored}, key=str)
    ]  # fmt: skip


def mutate(batch: Iterable[tuple[str, str, tuple[Any, Any]]], done: list[str]) -> None:
    """Carries out what the database's own constraints allow."""
    for row, sql, values in batch:
        with suppress(peewee.DatabaseError), database.atomic():
            database.execute_sql(sql, values)
            done.append(row)


def test_every_changed_cell_is_found_and_its_row_named(world: World) -> None:
    """One cell of every table at a time, so that a single verify() judges many attacks."""
    lived_in(world)
    rewritable()
    tried = 0
    for batch in itertools.zip_longest(*map(mutations, PROTECTED)):
        done: list[str] = []
        found = after(lambda b=batch, d=done: mutate(filter(None, b), d))
        assert [row for row in done if not any(row in line for line in found)] == []
        tried += len(done)
    assert tried > 400


def test_every_deleted_row_is_found(world: World) -> None:
    lived_in(world)
    missed = []
    for model in PROTECTED:
        row = model.select().order_by(model._meta.primary_key.desc()).first()
        if row is None or model is ChecklistVersion:
            continue
        try:
            found = after(lambda r=row: type(r).delete().where(r._pk_expr()).execute())
        except (peewee.IntegrityError, peewee.ProgrammingError):  # bound, or append-only
            continue
        if f"{row._meta.table_name} {row._pk} is missing" not in found:
            missed.append(row)
    assert missed == []


def test_an_inserted_row_is_found(world: World) -> None:
    fields = {"client": world.client_id, "number": "F-X", "room": world.room.id, "source": "desk",
              "symptom": "other", "state": "open", "reported_at": datetime.now(UTC)}  # fmt: skip
    found = after(lambda: Fault.create(**fields))
    assert any(line.startswith("fault ") and line.endswith("has no leaf") for line in found)


def last_leaf(world: World) -> Leaf:
    log = ledger.log_of(world.client_id)
    return Leaf.get((Leaf.log == log.id) & (Leaf.leaf_index == log.size - 1))


def rewrite(leaf: Leaf, **values: Any) -> Callable[[], Any]:
    return lambda: Leaf.update(**values).where(leaf._pk_expr()).execute()


@pytest.mark.parametrize(
    "text", ["", "null", "{", "[]", '{"changes": 3}', '{"changes": [{"table": []}]}']
)
def test_an_unreadable_leaf_is_reported_not_stumbled_over(world: World, text: str) -> None:
    lived_in(world)
    rewritable()
    leaf = last_leaf(world)
    assert f"leaf {leaf.leaf_index} was altered" in after(rewrite(leaf, text=text))
    digest = ledger.leaf_hash(text.encode())
    assert after(rewrite(leaf, text=text, hash=digest)) != []


def test_altered_removed_moved_and_invented_leaves_are_reported(world: World) -> None:
    lived_in(world)
    rewritable()
    leaf, log = last_leaf(world), ledger.log_of(world.client_id)
    flipped = leaf.text.replace('"deed"', '"Deed"')
    assert after(rewrite(leaf, text=flipped))
    assert after(rewrite(leaf, hash="0" * 64))
    assert after(rewrite(leaf, leaf_index=leaf.leaf_index + 1))
    assert after(lambda: Leaf.delete().where(leaf._pk_expr()).execute())
    assert after(lambda: Log.update(size=Log.size + 1).where(Log.id == log.id).execute())
    more = {"log": log.id, "leaf_index": log.size, "text": leaf.text, "hash": leaf.hash,
            "received_at": leaf.received_at}  # fmt: skip
    assert after(lambda: Leaf.insert(**more).execute())


def test_a_leaf_left_out_turns_verify_red(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the tests: forgetting to log one row of a deed cannot stay unseen."""
    real = ledger.append

    def forgetful(head: Any, changes: list[Any], *more: Any) -> None:
        real(head, changes[1:], *more)

    monkeypatch.setattr(ledger, "append", forgetful)
    deliver("inspection", check_form(world), world.engineer)
    assert len(ledger.verify(world.client_id)) == 1


def test_no_false_alarm_after_every_kind_of_deed(world: World, other: World) -> None:
    lived_in(world)
    lived_in(other)
    run(people.set_locale, people.SetLocale("en"), world.engineer)
    rounds.ensure(datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert alarms() == []


WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=3))
def test_no_false_alarm_whatever_people_type(
    world: World, texts: list[tuple[str, str, str]]
) -> None:
    for words, reading, contact in texts:
        typed = {"item.lamp": reading, "note.lamp": words}
        for form, fields in (
            ("fault", fault_form(world, description=words, contact=contact)),
            ("inspection", check_form(world, note=words, **typed)),
            ("swap", swap_form(world, expected_old_serial=reading, note=words)),
        ):
            try:
                deliver(form, fields, world.engineer, id=new_id())
            except sync.RoundtagError:
                continue
    assert alarms() == []
