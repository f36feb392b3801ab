"""A made-up installation agrees with its ledgers and stock books, and follows from its seed."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from roundtag import blobs, bulk_rows, clock, db, growing, ledger, stock
from roundtag.errors import Invalid
from roundtag.models import (
    PROTECTED,
    Attachment,
    Device,
    Fault,
    FaultEvent,
    History,
    Notification,
    RoundDevice,
)
from tests.conftest import _copy, _postgresql
from tests.world import PASSWORD

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LEFT_OUT = ("salts", "password_hash")
"""What chance makes outside the seed: people come through the verbs."""


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def another(fresh_store: str, store_kind: str, databases: dict[str, str],
            tmp_path: Path) -> Iterator[Callable[[], None]]:  # fmt: skip
    """Binds the models to one more empty database."""
    with ExitStack() as opened:

        def fresh() -> None:
            url = _copy(store_kind, databases[store_kind], tmp_path / uuid.uuid4().hex)
            if store_kind == "postgresql":
                name = url.rsplit("/", 1)[1]
                opened.callback(_postgresql, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            opened.enter_context(db.elsewhere(url))
            db.database.connect()

        yield fresh


def size(seed: int = 1) -> growing.Size:
    return growing.of(50, 2, 400, seed, NOW)


def content() -> dict[str, list[dict[str, Any]]]:
    """All protected rows, without what no seed makes."""
    return {
        model._meta.table_name: [
            {name: cell for name, cell in row.items() if name not in LEFT_OUT}
            for row in model.select().order_by(model._meta.primary_key).dicts()
        ]
        for model in PROTECTED
    }


def test_what_is_grown_agrees_with_its_ledgers_and_books(fresh_store: str, frozen: None) -> None:
    growing.grow(size(), PASSWORD, pictures=3)
    assert {code: ledger.verify(key) for code, key in ledger.logs()} == {
        "provider": [], "K001": [], "K002": []}  # fmt: skip
    assert stock.problems() == []
    assert Device.select().count() == 50
    assert History.select().count() == 400
    states = [row.state for row in Fault.select()]
    assert states.count("closed") == 12
    assert FaultEvent.select().where(FaultEvent.kind == "closed").count() == 12
    assert RoundDevice.select().where(RoundDevice.done_at.is_null()).count() == 26
    assert Notification.select().count() > 0
    kept = [blobs.is_whole(digest) for digest, _ in blobs.listed()]
    assert kept == [True] * 4, "three photos and a paper"
    assert len({row.client_id for row in Attachment.select()}) == 2


def test_a_seed_repeats_and_another_differs(another: Callable[[], None], frozen: None) -> None:
    growing.grow(size(), PASSWORD)
    first = content()
    another()
    growing.grow(size(), PASSWORD)
    assert content() == first
    another()
    growing.grow(size(seed=2), PASSWORD)
    assert content()["unit"] != first["unit"]


def test_only_an_empty_installation_is_filled(fresh_store: str, frozen: None) -> None:
    with pytest.raises(Invalid):
        growing.grow(size(), "short")
    growing.grow(growing.of(1, None, 0, 1, NOW), PASSWORD)
    with pytest.raises(growing.NotEmpty):
        growing.grow(size(), PASSWORD)


def test_a_row_that_misses_its_leaf_is_found(fresh_store: str, frozen: None,
                                             monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """The test of the first test: one row in bulk that the book does not note."""
    real = bulk_rows.insert

    def losing(model: Any, rows: Any) -> Any:
        made = real(model, rows)
        if model is History:
            real(model, [{name: cell for name, cell in made[0].items() if name != "id"}])
        return made

    monkeypatch.setattr(bulk_rows, "insert", losing)
    growing.grow(growing.of(1, None, 0, 1, NOW), PASSWORD)
    assert any("has no leaf" in said for _, key in ledger.logs() for said in ledger.verify(key))
