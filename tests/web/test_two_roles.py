"""Somebody of a desk at one client and a plain viewer at another: no page mixes the two up."""

import pytest
from flask.testing import FlaskClient

from roundtag import clock
from roundtag.models import HotlineCall
from tests import world as worlds
from tests.web.conftest import SignIn
from tests.world import World


@pytest.fixture
def fault_b(other: World) -> int:
    HotlineCall.create(client=other.client_id, channel="phone", answered="yes", about="question",
                       note="另一家的来电", at=clock.now(), received_at=clock.now())  # fmt: skip
    return worlds.fault(other)


@pytest.fixture
def both(world: World, other: World, signed_in: SignIn) -> FlaskClient:
    worlds.person("both", ("desk", "client", world.client_id),
                  ("client", "client", other.client_id))  # fmt: skip
    return signed_in("both")


def test_the_board_is_the_desks_own(both: FlaskClient, world: World, other: World,
                                    fault_b: int) -> None:  # fmt: skip
    fault_a = worlds.fault(world)
    for address in ("/board", f"/board?client={other.client_id}"):
        page = both.get(address).text
        assert f'/faults/{fault_b}"' not in page
        assert "客户B" not in page
    assert f'/faults/{fault_a}"' in both.get("/board").text


def test_the_register_of_calls_is_the_desks_own(both: FlaskClient, other: World,
                                                fault_b: int) -> None:  # fmt: skip
    for address in ("/hotline", f"/hotline?client={other.client_id}",
                    f"/hotline/calls.csv?client={other.client_id}"):  # fmt: skip
        page = both.get(address)
        assert page.status_code == 200
        assert "另一家的来电" not in page.text
        assert "客户B" not in page.text


def test_a_draft_is_the_staffs_own(both: FlaskClient, world: World, fault_b: int) -> None:
    fault_a = worlds.fault(world)
    assert both.get(f"/faults/{fault_b}").status_code == 200
    assert both.get(f"/faults/{fault_b}/papers/response").status_code == 404
    assert both.get(f"/faults/{fault_a}/papers/response").status_code == 200
