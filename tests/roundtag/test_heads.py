"""Signed heads: what was signed goes on; what does not go on from it is not signed."""

import os
import random
import subprocess
import sys
import zipfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from roundtag import clock, db, heads, ledger
from roundtag.db import database
from roundtag.heads import exporting, keys, signing
from roundtag.heads.signing import Fork
from roundtag.models import Device, Leaf, Log, LogHead
from roundtag.settings import current
from roundtag.tlog import checkpoint, tree
from tests import world as worlds
from tests.exports import mutated
from tests.seeing import at_once, queries_of
from tests.world import World

VERIFIER = Path(__file__).resolve().parent.parent.parent / "static" / "verifier" / "verify.py"


def grow(world: World) -> None:
    worlds.deliver("fault", worlds.fault_form(world), world.engineer)


def sign(world: World) -> LogHead:
    head = heads.sign(world.client_id, clock.now())
    assert head is not None
    return head


def rewritable(*tables: str) -> None:
    for table in tables:
        if db.kind() == "postgresql":
            database.execute_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            for event in ("update", "delete"):
                database.execute_sql(f"DROP TRIGGER {table}_no_{event}")


def test_a_head_is_of_all_leaves_and_is_signed(world: World) -> None:
    head, log = sign(world), ledger.log_of(world.client_id)
    assert head.size == log.size
    said = checkpoint.read(head.note, log.origin, heads.public_key())
    leaves = Leaf.select().where(Leaf.log == log.id).order_by(Leaf.leaf_index)
    assert said.root == tree.root(tree.leaf_hash(leaf.text.encode()) for leaf in leaves)
    assert list(heads.problems(world.client_id)) == []


def test_a_log_that_has_not_grown_keeps_its_head(world: World) -> None:
    first = sign(world)
    assert sign(world).note == first.note
    grow(world)
    second = sign(world)
    assert second.size == first.size + 1
    proof = heads.consistency(world.client_id, first.size, second.size)
    assert tree.verify_consistency(first.size, bytes.fromhex(first.root), second.size,
                                   bytes.fromhex(second.root), proof)  # fmt: skip


def test_every_leaf_has_a_proof(world: World) -> None:
    grow(world)
    head = sign(world)
    for leaf in Leaf.select().where(Leaf.log == ledger.log_of(world.client_id).id):
        proof = heads.inclusion(world.client_id, leaf.leaf_index, head.size)
        assert tree.verify_inclusion(leaf.leaf_index, head.size, bytes.fromhex(leaf.hash), proof,
                                     bytes.fromhex(head.root))  # fmt: skip


def test_the_minute_signs_all_logs(world: World) -> None:
    assert heads.sign_all(clock.now()) == len(ledger.logs())
    assert LogHead.select().count() == len(ledger.logs())


def test_a_quiet_minute_asks_twice_whatever_the_number_of_logs(world: World, other: World) -> None:
    heads.sign_all(clock.now())
    assert queries_of(lambda: heads.sign_all(clock.now())) == 2
    grow(world)
    assert heads.sign_all(clock.now()) == 1
    assert heads.sign_all(clock.now()) == 0


def test_a_head_that_is_not_the_remembered_one_is_looked_at(world: World) -> None:
    heads.sign_all(clock.now())
    keys.remember(ledger.log_of(world.client_id).origin, "another note")
    assert world.client_id not in signing.at_rest()
    assert heads.sign_all(clock.now()) == 0  # refused: the note is nobody's


def test_two_who_sign_at_once_sign_one_head(fresh_world: World) -> None:
    calls = [lambda: heads.sign(fresh_world.client_id, clock.now()) for _ in range(4)]
    assert [one for one in at_once(calls) if isinstance(one, BaseException)] == []
    mine = LogHead.log == ledger.log_of(fresh_world.client_id).id
    assert LogHead.select().where(mine).count() == 1


def test_the_key_is_made_once_and_is_nobody_elses(world: World) -> None:
    sign(world)
    path = current().ledger_key
    assert path.stat().st_mode & 0o077 == 0
    assert os.listdir(path.parent).count(path.name) == 1
    text = heads.verifier_key(ledger.log_of(world.client_id).origin)
    assert checkpoint.read_verifier(text)[1] == heads.public_key()


def alter(world: World) -> None:
    log = ledger.log_of(world.client_id)
    leaf = Leaf.select().where(Leaf.log == log.id).order_by(Leaf.leaf_index.desc()).first()
    Leaf.update(text=leaf.text.replace("fault", "default")).where(leaf._pk_expr()).execute()


def rehash(world: World) -> None:
    alter(world)
    log = ledger.log_of(world.client_id)
    leaf = Leaf.select().where(Leaf.log == log.id).order_by(Leaf.leaf_index.desc()).first()
    Leaf.update(hash=ledger.leaf_hash(leaf.text.encode())).where(leaf._pk_expr()).execute()


def cut(world: World) -> None:
    log = ledger.log_of(world.client_id)
    Leaf.delete().where((Leaf.log == log.id) & (Leaf.leaf_index == log.size - 1)).execute()
    Log.update(size=Log.size - 1).where(Log.id == log.id).execute()


@pytest.mark.parametrize("attack", [rehash, cut])
@pytest.mark.parametrize("forget", [False, True])
def test_a_log_rewritten_after_its_head_is_found(world: World, attack: Any,
                                                      forget: bool) -> None:  # fmt: skip
    """Also when the heads in the database are gone: the key remembers what it has signed."""
    grow(world)
    sign(world)
    rewritable("leaf", "log_head")
    attack(world)
    if forget:
        LogHead.delete().execute()
    grow(world)
    if forget:
        with pytest.raises(Fork):
            heads.sign(world.client_id, clock.now())
    else:  # the tree goes on from what was kept: reading all leaves tells
        assert list(heads.problems(world.client_id)) != []


def test_a_leaf_altered_before_its_head_is_not_signed(world: World) -> None:
    sign(world)
    grow(world)
    rewritable("leaf")
    alter(world)
    with pytest.raises(Fork, match="was altered"):
        heads.sign(world.client_id, clock.now())
    assert heads.sign_all(clock.now()) < len(ledger.logs())  # the others go on


def test_a_head_by_another_key_is_found(world: World) -> None:
    head = sign(world)
    current().ledger_key.unlink()
    found = list(heads.problems(world.client_id))
    assert found[0] == f"head {head.size} is not that of its leaves"
    grow(world)
    with pytest.raises(Fork, match="no valid signature"):
        heads.sign(world.client_id, clock.now())


def test_a_spoilt_key_is_named(world: World) -> None:
    sign(world)
    current().ledger_key.write_bytes(b"short")
    with pytest.raises(ValueError, match="put the right file back"):
        keys.first()


# The export, checked by the file that a client keeps


def export(world: World, folder: Path) -> Path:
    target = folder / "export.zip"
    exporting.write(world.client_id, target)
    return target


def verdict(path: Path, world: World, *earlier: Path) -> tuple[int, str]:
    key = heads.verifier_key(ledger.log_of(world.client_id).origin)
    more = [word for one in earlier for word in ("--head", str(one))]
    done = subprocess.run([sys.executable, "-I", str(VERIFIER), str(path), "--key", key, *more],
                          capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_an_export_is_in_order_and_holds_the_earlier_head(world: World, tmp_path: Path) -> None:
    kept = tmp_path / "head.txt"
    kept.write_text(sign(world).note, "utf-8")
    grow(world)
    sign(world)
    assert verdict(export(world, tmp_path), world, kept) == (0, "all in order\n")


def test_a_log_signed_anew_with_the_real_key_is_found_by_an_earlier_head(
    world: World, tmp_path: Path
) -> None:
    grow(world)
    kept = tmp_path / "head.txt"
    kept.write_text(sign(world).note, "utf-8")
    rewritable("leaf", "log_head")
    rehash(world)
    LogHead.delete().execute()
    for path in (current().ledger_key.parent / "heads").iterdir():
        path.unlink()
    sign(world)
    code, said = verdict(export(world, tmp_path), world, kept)
    assert code == 1
    assert "is not the one that its head was signed for" in said


def test_two_hundred_changes_of_an_export_are_all_found(world: World, tmp_path: Path) -> None:
    """In one process: starting a Python for each would be most of the time."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("verify", VERIFIER)
    assert spec
    assert spec.loader
    checker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checker)
    grow(world)
    sign(world)
    sound = export(world, tmp_path).read_bytes()
    key = heads.verifier_key(ledger.log_of(world.client_id).origin)
    missed = []
    for seed in range(200):
        path = tmp_path / "mutated.zip"
        path.write_bytes(sound)
        mutated(path, random.Random(seed))
        found = ["refused"]
        with zipfile.ZipFile(path) as archive, suppress(checker.Bad, KeyError, TypeError,
                                                        ValueError):  # fmt: skip
            found = list(checker.check(archive, key, []))
        if not found:
            missed.append(seed)
    assert missed == []


def test_what_was_erased_leaves_the_export_in_order(world: World, tmp_path: Path) -> None:
    from roundtag import faults
    from roundtag.models import FaultContact

    worlds.deliver("fault", worlds.fault_form(world, contact="王先生 13800001111"), world.engineer)
    row = FaultContact.select().first()
    if row is not None:
        worlds.run(faults.erase_contact, faults.EraseContact(row.fault_id), world.manager)
    sign(world)
    path = export(world, tmp_path)
    assert verdict(path, world)[0] == 0
    with zipfile.ZipFile(path) as archive:
        assert b"13800001111" not in b"".join(map(archive.read, archive.namelist()))


def test_a_row_slipped_in_is_named(world: World, tmp_path: Path) -> None:
    sign(world)
    device = Device.get_by_id(world.devices[0].id)
    Device.update(name="x").where(Device.id == device.id).execute()
    code, said = verdict(export(world, tmp_path), world)
    assert (code, f"device {device.id} differs from its leaf (name)" in said) == (1, True)


def test_the_auditor_gets_one_head_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from roundtag import mails
    from roundtag.heads import mailing
    from roundtag.models import OutMail, Person

    actor = worlds.person("auditor-here", ("auditor", "client", world.client_id))
    Person.update(email="auditor@example.com").where(Person.id == actor.person_id).execute()
    assert mailing.mail_all(clock.now()) == 0  # nothing is signed yet
    head = sign(world)
    assert mailing.mail_all(clock.now()) == 1
    grow(world)
    sign(world)
    assert mailing.mail_all(clock.now()) == 0
    morning = (clock.now() + timedelta(days=2)).replace(hour=2)  # ten o'clock in China
    assert mailing.mail_all(morning) == 1
    assert mailing.mail_all(morning + timedelta(hours=1)) == 0
    row = OutMail.get(OutMail.kind == mailing.MAIL)
    letter = mails._composers[mailing.MAIL](row)
    assert letter
    assert checkpoint.notes(letter.text)[0].startswith(ledger.log_of(world.client_id).origin)
    assert head.note.split("\n")[0] in letter.text


def test_a_restore_that_is_declared_goes_on_and_is_told(world: World, tmp_path: Path) -> None:
    """The end of the log is gone as an old backup leaves it; signing waits for the declaration."""
    from roundtag.access import SYSTEM
    from roundtag.backups import declaring
    from roundtag.backups.manifest import LogState

    grow(world)
    old = ledger.log_of(world.client_id).size
    with suppress(Lost), database.atomic():
        grow(world)
        kept = sign(world).note
        raise Lost
    with pytest.raises(Fork, match="were signed"):
        heads.sign(world.client_id, clock.now())
    logs = [ledger.log_of(client) for client in (None, world.client_id)]
    states = tuple(LogState(log.client_id, log.origin, log.size, "a" * 64) for log in logs)
    order = declaring.DeclareRestored(clock.now(), states, "disk")
    worlds.run(declaring.declare_restored, order, SYSTEM)
    assert sign(world).size == old + 1
    assert list(heads.problems(world.client_id)) == []
    told = f"DECLARED GAP: leaves {old} to {old} were lost by a restore"
    assert list(heads.problems(world.client_id, [kept])) == [told]
    head = tmp_path / "kept.txt"
    head.write_text(kept, "utf-8")
    code, said = verdict(export(world, tmp_path), world, head)
    assert (code, f"DECLARED GAP {old} to {old}" in said) == (3, True)
    grow(world)
    sign(world)  # what was set aside is not looked at again


class Lost(Exception):
    pass
