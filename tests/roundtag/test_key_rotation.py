"""A key changes by a leaf that the old one vouches for; every other change is found."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from roundtag import clock, commands, heads, ledger
from roundtag.access import SYSTEM
from roundtag.heads import chain, exporting, keys, rotating, signing
from roundtag.heads.signing import Fork
from roundtag.models import LogHead, LogKey, SigningKey
from roundtag.settings import current
from roundtag.tlog import checkpoint
from tests import world as worlds
from tests.world import World

VERIFIER = Path(__file__).resolve().parent.parent.parent / "static" / "verifier" / "verify.py"


def grow(world: World) -> None:
    worlds.deliver("fault", worlds.fault_form(world), world.engineer)
    assert heads.sign(world.client_id, clock.now())


def pinned(world: World) -> str:
    return heads.verifier_key(ledger.log_of(world.client_id).origin)


def verdict(world: World, folder: Path, key: str, *earlier: str) -> tuple[int, str]:
    path, kept = folder / "export.zip", folder / "kept.txt"
    exporting.write(world.client_id, path)
    kept.write_text("\n".join(earlier), "utf-8")
    more = ["--head", str(kept)] if earlier else []
    done = subprocess.run([sys.executable, "-I", str(VERIFIER), str(path), "--key", key, *more],
                          capture_output=True, text=True, check=False, timeout=60)  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def newest(world: World) -> LogHead:
    head = heads.newest(world.client_id)
    assert head
    return head


def test_the_chain_is_followed_from_the_first_key_and_from_any_later_one(
    world: World, tmp_path: Path
) -> None:
    grow(world)
    first, kept = pinned(world), newest(world).note
    given = [first]
    for _ in range(2):
        heads.rotate(SYSTEM)
        assert pinned(world) == given[-1]  # the old key has signed the announcement
        grow(world)
        given.append(pinned(world))
    assert len(set(given)) == 3
    assert list(heads.problems(world.client_id, [kept])) == []
    assert list(heads.problems(None)) == []
    assert ledger.verify(world.client_id) == []
    for key in given:
        assert verdict(world, tmp_path, key) == (0, "all in order\n")
    assert verdict(world, tmp_path, first, kept, newest(world).note) == (0, "all in order\n")


def test_every_log_announces_it_and_one_opened_later_begins_with_it(world: World) -> None:
    grow(world)
    heads.rotate(SYSTEM)
    assert SigningKey.select().count() == 1
    assert LogKey.select().count() == len(ledger.logs()) - 1
    later = worlds.build("C")
    grow(later)
    assert checkpoint.read_verifier(pinned(later))[1] == chain.newest()
    assert list(heads.problems(later.client_id)) == []


class Power(Exception):
    """It went off."""


def broken(_: Any = None, *__: Any, **___: Any) -> Any:
    raise Power


def half_announced(real: Callable[..., Any]) -> Callable[..., Any]:
    def verb(command: Any, deed: Any) -> Any:
        real(command, deed)
        raise Power

    verb.__name__ = "rotate_key"
    return verb


STEPS = {
    "before the file": (keys, "_make", broken),
    "after the file": (commands, "run", broken),
    "within the deed": (rotating, "rotate_key", half_announced(rotating.rotate_key)),
    "before the old key signs": (signing, "sign_all", broken),
    "while it signs": (keys, "remember", broken),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_change_that_breaks_off_leaves_logs_that_go_on(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    grow(world)
    first = pinned(world)
    with monkeypatch.context() as patch:
        patch.setattr(*STEPS[step])
        with pytest.raises(Power):
            heads.rotate(SYSTEM)
    grow(world)
    grow(world)
    assert verdict(world, tmp_path, first) == (0, "all in order\n")
    heads.rotate(SYSTEM)
    grow(world)
    grow(world)
    assert pinned(world) != first
    assert [list(heads.problems(client)) for _, client in ledger.logs()] == [[]] * len(
        ledger.logs()
    )
    assert verdict(world, tmp_path, first) == (0, "all in order\n")


def swapped() -> None:
    other = keys.Ed25519PrivateKey.generate().private_bytes_raw()
    folder = current().ledger_key
    newest_file = max(folder.parent.glob("ledger*.key"), key=lambda path: path.stat().st_mtime_ns)
    newest_file.write_bytes(other)


@pytest.mark.parametrize("rotated", [False, True])
def test_a_key_that_was_swapped_without_a_leaf_is_found(world: World, rotated: bool) -> None:
    grow(world)
    if rotated:
        heads.rotate(SYSTEM)
    assert list(heads.problems(world.client_id)) == []
    swapped()
    assert heads.verify(world.client_id)[1] != []
    with pytest.raises(Fork):
        grow(world)


def sign_by(world: World, key: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs as a forger would who does not ask whose turn it is."""
    with monkeypatch.context() as patch:
        patch.setattr(signing, "_signer", lambda *_: key)
        worlds.deliver("fault", worlds.fault_form(world), world.engineer)
        heads.sign(world.client_id, clock.now())


def test_a_new_key_that_the_old_one_did_not_vouch_for_is_refused(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The leaf is there, yet the first head that holds it is by the new key itself."""
    grow(world)
    first = pinned(world)
    with monkeypatch.context() as patch:
        patch.setattr(signing, "sign_all", lambda _: 0)
        heads.rotate(SYSTEM)
    sign_by(world, keys.held(chain.newest()), monkeypatch)
    assert list(heads.problems(world.client_id)) != []
    code, said = verdict(world, tmp_path, first)
    assert (code, "bears no signature of the key in force" in said) == (1, True)


def test_the_old_key_is_refused_once_the_new_one_signs(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(world)
    first, old = pinned(world), keys.first()
    heads.rotate(SYSTEM)
    grow(world)
    sign_by(world, old, monkeypatch)
    assert list(heads.problems(world.client_id)) != []
    assert verdict(world, tmp_path, first)[0] == 1


def test_a_key_that_no_leaf_announces_is_refused(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(world)
    first = pinned(world)
    sign_by(world, keys.Ed25519PrivateKey.generate(), monkeypatch)
    assert list(heads.problems(world.client_id)) != []
    assert verdict(world, tmp_path, first)[0] == 1


def test_a_stranger_key_is_told_that_it_never_signed(world: World, tmp_path: Path) -> None:
    grow(world)
    name = ledger.log_of(world.client_id).origin
    other = keys.Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    code, said = verdict(world, tmp_path, checkpoint.verifier(name, other))
    assert (code, "bears no signature of the key" in said) == (1, True)


def test_a_change_of_a_key_that_was_not_in_force_is_refused(world: World, tmp_path: Path) -> None:
    grow(world)
    first = pinned(world)
    heads.rotate(SYSTEM)
    heads.rotate(SYSTEM)
    grow(world)
    path = tmp_path / "export.zip"
    exporting.write(world.client_id, path)
    with zipfile.ZipFile(path) as archive:
        leaves = archive.read("leaves.jsonl").decode().splitlines()
    told = [at for at, leaf in enumerate(leaves) if json.loads(leaf)["deed"] == "rotate_key"]
    assert len(told) == 2
    import importlib.util

    spec = importlib.util.spec_from_file_location("verify", VERIFIER)
    assert spec
    assert spec.loader
    checker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checker)
    changes = [one for at in told for one in checker.rotations(at, json.loads(leaves[at]))]
    with pytest.raises(checker.Bad, match="not in force"):
        checker.chain(checker.read_key(first), [changes[0], (told[1], *changes[0][1:])])


def test_old_keys_go_when_no_backup_needs_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(world)
    tomorrow = clock.now() + timedelta(days=1)
    with monkeypatch.context() as patch:
        patch.setattr(signing, "sign_all", lambda _: 0)
        heads.rotate(SYSTEM)
    assert heads.retire(tomorrow) == 0  # it has yet to vouch for the new one
    heads.sign_all(clock.now())
    assert heads.retire(clock.now() - timedelta(days=1)) == 0
    assert len(keys.all_held()) == 2
    assert heads.retire(tomorrow) == 1
    assert keys.all_held() == [chain.newest()]
    grow(world)
    assert list(heads.problems(world.client_id)) == []


def test_nobody_but_an_administrator_changes_it(world: World) -> None:
    from roundtag.errors import Forbidden

    with pytest.raises(Forbidden):
        heads.rotate(world.manager)
