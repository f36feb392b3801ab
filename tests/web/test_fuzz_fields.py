"""Each field of each form with a hostile text in it, one field at a time: apart from test_fuzz.py,
so that another core can take it."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import pytest
from werkzeug.wrappers import Response

from roundtag.db import database
from tests import world as worlds
from tests.conftest import KINDS
from tests.web.reading import Element, Form
from tests.web.test_fuzz import HOSTILE, Judge, Target
from tests.web.test_fuzz import wanted as wanted
from tests.world import World


def test_every_field_takes_a_hostile_text(wanted: list[Target], store_kind: str) -> None:
    """Each database reads every other form."""
    try_each_field(wanted[KINDS.index(store_kind) :: len(KINDS)])


@pytest.mark.soak
def test_every_field_takes_a_hostile_text_on_each_database(wanted: list[Target]) -> None:
    try_each_field(wanted)


def try_each_field(wanted: list[Target]) -> None:
    """Each field of each form once, with the next text of the list."""
    judge, texts = Judge(), itertools.cycle(HOSTILE)
    for target in wanted:
        for name in target.names:
            judge.send(target, {**target.filled(), name: next(texts)})


@dataclass
class Careless:
    """A browser whose server does wrong when one field is not as it was filled; else it refuses."""

    field: str
    wrong: Callable[[], int]

    def post(self, address: str, data: Mapping[str, str], content_type: None) -> Response:
        spoilt = data[self.field] != GOOD[self.field]
        status = self.wrong() if spoilt else 422
        page = "" if status == 0 else "<p role=alert>No.</p>"
        return Response(page, status or 422)


def half_written(world: World) -> int:
    worlds.add_room(world)
    return 422


def taken_back(world: World) -> int:
    with database.atomic() as deed:
        worlds.add_room(world)
        deed.rollback()
    return 422


GOOD = {"a": "1x", "b": "2x", "c": "3x"}
WRONGS = {"breaks": lambda world: 500, "writes": half_written, "says nothing": lambda world: 0}


@pytest.mark.parametrize("wrong", WRONGS)
@pytest.mark.parametrize("field", GOOD)
def test_one_careless_field_is_found(world: World, field: str, wrong: str) -> None:
    """The test of the test."""
    form = Form("/x", "post", {}, [Element("input", {"name": name}) for name in GOOD])
    sound = Target(Careless(field, partial(taken_back, world)), form, GOOD)
    try_each_field([sound])
    spoilt = replace(sound, browser=Careless(field, partial(WRONGS[wrong], world)))
    with pytest.raises(AssertionError):
        try_each_field([sound, spoilt, sound])
