"""G9: what was erased is in no file, and the history still proves itself, also after a restore."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from roundtag import blobs, clock, db, erased_list, erasure, heads, ledger, people
from roundtag.accounts import staff
from roundtag.backups import making, restoring, store
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.heads import exporting
from roundtag.models import Attachment, Blob, Lending, Person, Submission
from tests import world as worlds
from tests.conftest import one_kind
from tests.house.processes import until
from tests.roundtag import erasing
from tests.roundtag.erasing import Marked
from tests.world import World

VERIFIER = Path(__file__).resolve().parent.parent.parent / "static" / "verifier" / "verify.py"


def wrong() -> list[str]:
    return [problem for _, client in ledger.logs() for problem in heads.verify(client)[1]]


def verdicts(folder: Path) -> list[str]:
    """What the program that clients keep says of every log."""
    said = []
    for _, client in ledger.logs():
        path = folder / "export.zip"
        exporting.signed(client, path)
        key = heads.verifier_key(ledger.log_of(client).origin)
        done = subprocess.run([sys.executable, "-I", str(VERIFIER), str(path), "--key", key],
                              capture_output=True, text=True, check=False, timeout=120)  # fmt: skip
        said.append(done.stdout + done.stderr)
        path.unlink()
    return said


def vanish(world: World, data_dir: Path, tmp_path: Path, count: int) -> None:
    marked = erasing.fill(world, count)
    assert len(erasing.found(data_dir, marked.values)) > 0
    erasing.erase(marked)
    until(lambda: erasure.sweep(clock.now()), "no test beside this one holds a transaction", 120)
    assert erasing.found(data_dir, marked.values) == {}
    assert wrong() == []
    assert set(verdicts(tmp_path)) == {"all in order\n"}
    assert not erasure.sweep(clock.now())  # until something more is erased


def test_g9_what_was_erased_is_in_no_file(
    fresh_world: World, data_dir: Path, tmp_path: Path
) -> None:
    vanish(fresh_world, data_dir, tmp_path, 50 if db.kind() == "sqlite" else 10)


@pytest.mark.soak
def test_g9_a_thousand(fresh_world: World, data_dir: Path, tmp_path: Path) -> None:
    vanish(fresh_world, data_dir, tmp_path, 1_000)


def test_without_the_sweep_values_are_still_found(
    fresh_world: World, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search can fail: the rows are clean, the files are not."""
    marked = erasing.fill(fresh_world, 3)
    erasing.erase(marked)
    monkeypatch.setattr(db, "rewrite", lambda _: True)
    assert erasure.sweep(clock.now())
    assert erasing.found(data_dir, marked.values) != {}


@one_kind
def test_g9_a_restore_erases_again(fresh_world: World, data_dir: Path, tmp_path: Path) -> None:
    marked = erasing.fill(fresh_world, 20)
    made = making.into_folder(tmp_path / "b", "asked")
    erasing.erase(marked)
    asked = list(erased_list.read())
    restoring.restore(store.found_at(made.path), force=True)
    for path in data_dir.glob("*.replaced-*"):
        path.unlink()  # the night removes it with the oldest backup
    assert all(Person.get_by_id(key).erased_at for key in marked.people)
    assert erasure.sweep(clock.now())
    assert erasing.found(data_dir, marked.values) == {}
    assert wrong() == []
    assert len(list(erased_list.read())) >= 2 * len(asked)  # told again: older backups may follow


def test_g9_the_copy_beside_the_backups_is_enough(world: World, tmp_path: Path) -> None:
    marked = Marked()
    key = erasing.leaves(random.Random(7), marked)
    before = Person.get_by_id(key)
    with db.database.atomic() as back:
        erasing.erase(marked)
        back.rollback()
    assert Person.get_by_id(key).name == before.name
    erased_list.copy(tmp_path)
    erased_list.path().unlink()
    result = erasure.replay(tmp_path)
    assert (result.done, result.left) == (1, [])
    assert Person.get_by_id(key).name is None
    assert erasure.replay(tmp_path).done == 0


def test_a_line_is_not_for_somebody_else_of_the_same_number(world: World) -> None:
    """After a restore a number may be given out once more."""
    marked = Marked()
    key = erasing.leaves(random.Random(8), marked)
    other = dict.fromkeys(Person.SEALED, "a" * 64)
    erased_list.keep([erased_list.Erasure("2026-11-01T00:00:00.000000Z", "person", key, other)])
    with open(erased_list.path(), "a", encoding="utf-8") as file:
        file.write('{"cut short')
    result = erasure.replay()
    assert (result.done, result.left) == (0, [f"person {key}"])
    assert Person.get_by_id(key).name


def test_the_list_holds_no_value(world: World) -> None:
    marked = erasing.fill(world, 3)
    erasing.erase(marked)
    data = erased_list.path().read_bytes()
    assert [one for one in marked.values if one in data] == []
    assert len(data.splitlines()) >= 3
    assert erased_list.path().stat().st_mode & 0o077 == 0


def test_who_left_stays_a_number(world: World) -> None:
    marked = Marked()
    key = erasing.person(random.Random(9), marked)
    order = erasure.ErasePerson(key)
    with pytest.raises(Invalid, match="attention"):
        worlds.run(erasure.erase_person, order)  # still in use
    worlds.run(staff.disable_person, staff.OfPerson(key))
    with pytest.raises(Forbidden):
        worlds.run(erasure.erase_person, order, world.manager)
    assert worlds.run(erasure.erase_person, order).outcome == "done"
    assert worlds.run(erasure.erase_person, order).outcome == "conflict"
    assert people.names({key}) == {key: f"erased-{key}"}
    assert Person.get_by_id(key).salts.keys() == {"username"}
    assert wrong() == []


def test_short_names_go_where_a_field_says_so_and_nowhere_else(world: World) -> None:
    details = staff.Details("机房", None, None, None)
    grant = erasing.grants.GrantOrder("engineer", "provider", None)
    order = staff.InvitePerson("jf", details, grant, "x")
    key = int(worlds.run(staff.invite_person, order).subject_id or 0)
    worlds.deliver("fault", worlds.fault_form(world, description="机房没电"), world.engineer)
    worlds.run(staff.disable_person, staff.OfPerson(key))
    worlds.run(erasure.erase_person, erasure.ErasePerson(key))
    sent = "".join(str(row.body) for row in Submission.select())
    assert "机房没电" in sent
    assert '"机房"' not in sent
    assert wrong() == []


def test_a_photo_goes_and_its_hash_stays(world: World, keeping: str) -> None:
    marked = Marked()
    digest = erasing.photo(world, random.Random(3), marked)
    row = Attachment.get(Attachment.sha256 == digest)
    order = erasure.ErasePhoto(row.id)
    with pytest.raises(Forbidden):
        worlds.run(erasure.erase_photo, order, world.engineer)
    assert worlds.run(erasure.erase_photo, order, world.manager).outcome == "done"
    assert worlds.run(erasure.erase_photo, order, world.manager).outcome == "conflict"
    assert Attachment.get_by_id(row.id).sha256 == digest
    assert not Blob.select().where(Blob.sha256 == digest).exists()
    blobs.wipe(digest)  # the transaction of this test never ends
    assert list(blobs.path_of(digest).parent.glob(f"{digest}*")) == []
    assert not blobs.is_whole(digest)
    assert wrong() == []


def test_a_record_is_erased_by_its_own_client_alone(world: World, other: World) -> None:
    marked = Marked()
    erasing.borrower(world, random.Random(4), marked)
    order = marked.steps[0][1]
    with pytest.raises((NotFound, Forbidden)):
        worlds.run(erasure.erase_record, order, other.manager)
    with pytest.raises(Invalid):
        worlds.run(erasure.erase_record, erasure.EraseRecord("lending", order.key, ("due_on",)))
    with pytest.raises(NotFound):
        worlds.run(erasure.erase_record, erasure.EraseRecord("leaf", 1))
    assert worlds.run(erasure.erase_record, order, world.manager).outcome == "done"
    assert worlds.run(erasure.erase_record, order, world.manager).outcome == "conflict"


def deleted(model: Any, key: Any, **values: Any) -> None:
    model.update(**values).where(model._meta.primary_key == key).execute()


def test_a_value_deleted_without_erasure_is_red(world: World, tmp_path: Path) -> None:
    marked = Marked()
    erasing.borrower(world, random.Random(5), marked)
    row = Lending.select().order_by(Lending.id.desc()).get()
    assert wrong() == []
    deleted(Lending, row.id, borrower=None, salts={})
    sent = Submission.get(Submission.form == "lend_device")
    deleted(Submission, sent.id, body=None)
    assert wrong() == [
        f"lending {row.id} was deleted without erasure (borrower, purpose)"
        if row.purpose is None
        else f"lending {row.id} was deleted without erasure (borrower)",
        f"submission {sent.id} was deleted without erasure",
    ]
    said = "".join(verdicts(tmp_path))
    assert f"lending {row.id} differs from its leaf (borrower, deleted without erasure)" in said


def test_an_erasure_is_told_in_every_log_that_knew_what_was_sent(world: World) -> None:
    """The person's name in a client's log as well: both tell what is left of the text."""
    marked = Marked()
    key = erasing.leaves(random.Random(6), marked)
    name = Person.get_by_id(key).name
    worlds.deliver("fault", worlds.fault_form(world, description=f"找 {name}"), world.engineer)
    erasing.erase(marked)
    assert wrong() == []
    last = ledger.log_of(world.client_id).size - 1
    leaf = ledger.Leaf.get((ledger.Leaf.log == ledger.log_of(world.client_id).id)
                           & (ledger.Leaf.leaf_index == last))  # fmt: skip
    said = json.loads(leaf.text)
    assert (said["deed"], said["changes"]) == ("erase_person", [])
    assert said["erased"]
