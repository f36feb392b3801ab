"""Families 1, 3 and 13 in Firefox."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.offline.abroad import FAMILIES, Traveller, travelling
from tests.e2e.offline.drivers import Firefox
from tests.house import lanes

pytestmark = pytest.mark.firefox


@pytest.fixture(scope="module")
def traveller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traveller]:
    """Lives through all families, in any order; each adds to what the phone has sent."""
    lanes.need("firefox")
    with travelling(Firefox, tmp_path_factory.mktemp("firefox")) as traveller:
        yield traveller


@pytest.mark.parametrize("family", FAMILIES)
def test_family(traveller: Traveller, family: Callable[[Traveller], None]) -> None:
    family(traveller)
