"""Families 1, 3 and 13 in WebKitGTK, whose store ends with it: there no browser is started anew.

About one run in eighteen WebKitGTK 2 leaves a transaction open for ever: its page and its server
go on, but nobody may read those stores any more (see docs/adr/0010). Such a browser is given up
and the family tried once more in a fresh one; any other failure is a failure.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.offline.abroad import FAMILIES, Traveller, travelling
from tests.e2e.offline.drivers import WebKit
from tests.house import lanes

pytestmark = pytest.mark.webkit
STUCK = """async () => {
  const late = new Promise((resolve) => setTimeout(resolve, 5000, true));
  const read = new Promise((resolve) => {
    const open = indexedDB.open("roundtag");
    open.onsuccess = () => {
      const reading = open.result.transaction("outbox");
      reading.objectStore("outbox").count();
      reading.oncomplete = () => resolve(false);
    };
  });
  return Promise.race([read, late]);
}"""


@pytest.fixture(scope="module")
def traveller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traveller]:
    """Lives through all families, in any order; each adds to what the phone has sent."""
    lanes.need("webkit")
    with travelling(WebKit, tmp_path_factory.mktemp("webkit")) as traveller:
        yield traveller


@pytest.mark.parametrize("family", FAMILIES)
def test_family(traveller: Traveller, family: Callable[[Traveller], None], tmp_path: Path) -> None:
    try:
        family(traveller)
    except Exception:
        if not traveller.driver.run(STUCK):
            raise
        with travelling(WebKit, tmp_path) as another:
            family(another)
