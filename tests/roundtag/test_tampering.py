"""G7: whatever is altered, deleted, inserted, reordered or cut off is found, also by somebody with
the signing key, given one head that left the house before; and nothing else is."""

import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from roundtag import blobs, heads, ledger
from tests.conftest import KINDS, one_kind
from tests.roundtag.shop.rig import Rig, rig
from tests.roundtag.tamper import alone, history, honest, judge, leaves, others, rows
from tests.roundtag.tamper.history import Kept
from tests.world import World

SLICE, ALONE, LIVES = 200, 45, 2


@pytest.fixture
def kept(world: World) -> Kept:
    return history.full(world)


def missed(kept: Kept, seeds: range) -> list[tuple[int, str, str]]:
    """Attacks that were carried out and that somebody did not see."""
    done = [(seed, judge.judged(kept, seed, seed % ALONE == 0)) for seed in seeds]
    return [(seed, one.attack, one.column) for seed, one in done
            if one.attack and (not one.found or one.alone is False)]  # fmt: skip


def test_every_attack_is_found(kept: Kept, store_kind: str) -> None:
    """`make soak` runs 10,000. Each database has seeds of its own."""
    first = KINDS.index(store_kind) * SLICE
    assert missed(kept, range(first, first + SLICE)) == []


def test_the_database_allows_every_kind_of_attack(kept: Kept) -> None:
    """So that none is left out above: each column and each other kind, without being looked for."""
    never = []
    with judge.undone(kept):
        others.disarm()
        for model, field in judge.COLUMNS:
            if not rows.edit_cell(random.Random(1), (model, field), kept.client_id):
                never.append((model._meta.table_name, field.name))
    for name, act in judge.ATTACKS.items():
        with judge.undone(kept):
            others.disarm()
            log = ledger.log_of(kept.client_id)
            if not any(act(random.Random(seed), log, kept) for seed in range(9)):
                never.append((name, ""))
    assert never == []


@pytest.fixture
def opened(ready: Any) -> Iterator[Rig]:
    with rig(ready.url, ready.worlds[0]) as made:
        yield made


def test_honest_histories_raise_no_alarm(opened: Rig) -> None:
    """`make soak` lives a thousand."""
    for seed in range(LIVES):
        with opened.open() as shop, honest.heads_put_back():
            assert honest.lived(shop, seed).alarms(ask_alone=True) == [], seed


def test_without_a_head_from_outside_a_new_signature_hides_a_cut(kept: Kept) -> None:
    """Why heads must leave the house: the test of the tests above."""
    log = ledger.log_of(kept.client_id)
    with judge.undone(kept):
        others.disarm()
        leaves.delete(random.Random(1), log)
        leaves.rehash(log)
        judge.resign(ledger.log_of(kept.client_id))
        assert list(heads.problems(kept.client_id)) == []
        assert list(heads.problems(kept.client_id, [kept.notes[kept.client_id]])) != []


def test_a_dropped_trigger_is_told(kept: Kept) -> None:
    assert list(heads.unguarded()) == []
    for seed in range(5):
        with judge.undone(kept):
            others.drop_trigger(random.Random(seed))
            assert len(list(heads.unguarded())) == 1


def test_a_photo_of_which_bytes_were_changed_is_told(kept: Kept) -> None:
    with judge.undone(kept):
        blobs.path_of(kept.photo).write_bytes(b"another")
        found = heads.verify(kept.client_id)[1]
    assert found == [f"the bytes of {kept.photo} are not those that came"]


# The tests of the tests: a verifier that leaves something out is told on


def but_one_table(patch: pytest.MonkeyPatch) -> None:
    """Neither its rows nor what the leaves say of them."""
    left = [model for model in ledger.PROTECTED if model._meta.table_name != "rating"]
    patch.setattr(ledger, "PROTECTED", left)
    real = ledger._images
    patch.setattr(ledger, "_images", lambda leaf: {
        key: image for key, image in real(leaf).items() if key[0] != "rating"})  # fmt: skip


def but_one_column(patch: pytest.MonkeyPatch) -> None:
    real = ledger._stored
    patch.setattr(ledger, "_stored", lambda row: (one for one in real(row) if one[0] != "comment"))
    agrees, added = ledger._agrees, ledger.added

    def forgiving(model: Any, cells: Any, after: Any) -> bool:
        return agrees(model, cells, {n: v for n, v in after.items() if n != "comment"})

    patch.setattr(ledger, "_agrees", forgiving)
    patch.setattr(ledger, "added", lambda model: {
        n: v for n, v in added(model).items() if n != "comment"})  # fmt: skip


def but_the_bodies(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ledger, "_compare_bodies", lambda _: [])


def but_the_heads(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sys.modules["roundtag.heads.reading"], "problems", lambda *_: [])


def but_lines(patch: pytest.MonkeyPatch, start: str) -> None:
    real = ledger.verify
    patch.setattr(ledger, "verify", lambda key: [
        line for line in real(key) if not line.startswith(start)])  # fmt: skip


def but_the_size(patch: pytest.MonkeyPatch) -> None:
    but_lines(patch, "log says")


def but_the_leaves(patch: pytest.MonkeyPatch) -> None:
    but_the_heads(patch)
    but_lines(patch, "leaf ")


SPARED = {but_the_leaves: "edit a letter", but_one_table: "rating.stars",
          but_one_column: "rating.comment", but_the_bodies: "alter what was sent",
          but_the_heads: "alter a head", but_the_size: "alter the size"}  # fmt: skip


@pytest.mark.parametrize("careless", SPARED, ids=lambda one: one.__name__)
@one_kind
def test_a_verifier_that_leaves_something_out_is_told_on(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, careless: Callable[..., None]
) -> None:
    careless(monkeypatch)
    named = {f"{model._meta.table_name}.{field.name}": 2 * place
             for place, (model, field) in enumerate(judge.COLUMNS)}  # fmt: skip
    kind = SPARED[careless]
    for seed in (named[kind] + 2 * len(named) * n for n in range(9)) if kind in named else ():
        if missed(kept, range(seed, seed + 1)):
            return
    with monkeypatch.context() as patch:
        patch.setattr(judge, "ATTACKS", {kind: judge.ATTACKS.get(kind)})
        assert kind not in named
        assert any(missed(kept, range(seed, seed + 1)) for seed in range(1, 99, 2))


def test_a_stand_alone_verifier_that_skips_a_leaf_is_told_on(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    checker = alone.checker()
    lines = checker.lines

    def skipping(archive: Any, name: str) -> Iterator[bytes]:
        return (line for at, line in enumerate(lines(archive, name)) if at != 5)

    monkeypatch.setattr(checker, "lines", skipping)
    assert alone.finds(kept.client_id, kept.notes[kept.client_id])
