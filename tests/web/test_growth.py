"""No page asks the database more often because there is more in it: devices, clients, contracts and
open rounds; and no standing job but those that do a thing by each log."""

from pathlib import Path

import pytest

from roundtag import settings
from tests.bench import growth
from tests.bench.pages import Cost

FEW, MANY = 60, 180
"""Devices; of one client, and of many."""
CLIENTS = 12
BY_LOG = {"heads.mail", "ledger.check"}
"""Jobs that ask about each log, some minutes or hours apart."""
SLACK = 6
"""Statements that a page may have more, for kinds of facts that its example happens to have."""


def grown(few: dict[str, Cost], many: dict[str, Cost]) -> dict[str, tuple[int, int]]:
    """Pages whose statements grow with what there is."""
    return {
        name: (few[name].statements, cost.statements) for name, cost in many.items()
        if name in few and cost.statements > few[name].statements + SLACK
    }  # fmt: skip


def costs(one: growth.Site) -> dict[str, Cost]:
    growth.job_costs(one)  # what there is to do is done
    jobs = {name: cost for name, cost in growth.job_costs(one).items() if name not in BY_LOG}
    return {**growth.page_costs(one, rounds=0), **jobs}


@pytest.fixture
def sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Cost]]:
    for name in ("DATA_DIR", "DATABASE_URL"):
        monkeypatch.setenv(name, str(tmp_path))  # given back at the end, whatever is set between
    found = [costs(growth.site(tmp_path, size, clients=clients))
             for size, clients in ((FEW, 1), (MANY, CLIENTS))]  # fmt: skip
    monkeypatch.undo()
    settings.current.cache_clear()
    return found


def test_statements_do_not_grow_with_devices_and_clients(sizes: list[dict[str, Cost]]) -> None:
    few, many = sizes
    assert few.keys() == many.keys()
    assert len(few) > 140
    assert grown(few, many) == {}
    looped = {**many, "/devices": Cost(1, few["/devices"].statements + MANY - FEW, 1)}
    assert grown(few, looped).keys() == {"/devices"}
