"""What an engineer does in a browser beside Chromium, and the families of the rig there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from tests import world
from tests.e2e.offline import facts
from tests.e2e.offline.drivers import Driver, Refused
from tests.e2e.offline.handset import FILL, SEND, TAP, picture
from tests.e2e.offline.town import PEOPLE, Town
from tests.e2e.proxy import Proxy, moments
from tests.house.chromium import READ_STORE
from tests.house.processes import until

READY = "() => document.documentElement.hasAttribute('data-ready')"
SIGN_IN = """(name, password) => {
  document.querySelector("[name=username]").value = name;
  const field = document.querySelector("[name=password]");
  field.value = password;
  field.form.requestSubmit();
}"""
PACKED = """async () => {
  const stores = await caches.keys();
  const reader = stores.find((name) => name.startsWith("reader-"));
  const files = reader ? (await (await caches.open(reader)).keys()).length : 0;
  const [pack] = await (READ)("packs");
  return Boolean(navigator.serviceWorker.controller && pack && files === 2);
}""".replace("READ", READ_STORE)
OTHER = """(before) => {
  const { className, textContent } = document.querySelector("#fault [data-error-for=photo]");
  return className === "error" && textContent !== before && textContent;
}"""
COUNT = "(selector) => document.querySelectorAll(selector).length"
CLICK = "(selector) => document.querySelector(selector).click()"
PHOTOS = f"async () => (await ({READ_STORE})('photos')).length"


class Traveller:
    """One engineer with one browser behind a network that may be away."""

    def __init__(self, start: Callable[[Path], Driver], town: Town, folder: Path) -> None:
        self.start, self.town, self.folder = start, town, folder
        self.network = Proxy(town.port)
        self.codes = [tag["code"] for tag in town.tags()]
        self.driver = start(folder / "profile")

    def close(self) -> None:
        self.driver.kill()
        self.network.close()

    def begin(self) -> "Traveller":
        self.driver.goto(f"{self.network.url}/sign-in")
        self.driver.run(SIGN_IN, PEOPLE[0], world.PASSWORD)
        self.see("() => location.pathname === '/today'", "Today is open")
        self.see(READY, "Today is wired")
        self.see(PACKED, "the pack and the reader of labels are on the phone")
        return self

    def see(self, function: str, what: str, *arguments: Any) -> Any:
        """Waits; a page that is just being left cannot answer."""

        def answer() -> Any:
            with suppress(Refused):
                return self.driver.run(function, *arguments)
            return None

        return until(answer, what, 60)

    def open(self, path: str) -> None:
        self.driver.goto(self.network.url + path)
        self.see(READY, f"{path} is wired")

    def switch_on_again(self) -> None:
        """The browser is killed and started anew, where it keeps its store at all."""
        if self.driver.keeps_profile:
            self.driver.kill()
            self.driver = self.start(self.folder / "profile")

    def photo(self, number: int, share: float = 1) -> Path:
        path = self.folder / f"photo-{number}.jpg"
        data = picture(number)["buffer"]
        path.write_bytes(data[: int(len(data) * share)])
        return path

    def file(self, form: str, number: int, photo: bool = True) -> None:
        self.driver.run(FILL, [form, [number, 1, 2]])
        if photo:
            selector = f"form[data-outbox={form}]"
            self.driver.attach(f"{selector} input[name=photo]", self.photo(number))
            self.see(COUNT, "the photo is shown", f"{selector} canvas")
        self.driver.run(TAP, [form, 1])
        self.see(COUNT, "the entry is kept", f"form[data-outbox={form}][data-state]")

    def rows(self) -> list[dict[str, Any]]:
        return list(self.driver.run(READ_STORE, "outbox"))

    def settled(self) -> list[dict[str, Any]]:
        self.open("/outbox")
        self.see(SEND, "the outbox is empty")
        rows = self.rows()
        assert {row["state"] for row in rows} == {"received"}
        assert self.driver.run(PHOTOS) == 0
        return rows


@contextmanager
def travelling(start: Callable[[Path], Driver], folder: Path) -> Iterator[Traveller]:
    """In a town of their own, with the pack on the phone."""
    with ExitStack() as stack:
        town = Town(folder / "data")
        stack.callback(town.kill)
        traveller = Traveller(start, town.start().fill(), folder)
        stack.callback(traveller.close)
        yield traveller.begin()


def a_day_without_network(traveller: Traveller) -> None:
    """Family 1."""
    traveller.network.away = True
    traveller.switch_on_again()
    traveller.open(f"/T/{traveller.codes[0]}")
    traveller.file("inspection", 1)
    traveller.switch_on_again()
    traveller.open("/outbox")
    assert [row["state"] for row in traveller.rows() if row["state"] != "received"] == ["saved"]
    assert traveller.driver.run(PHOTOS) == 1
    traveller.network.heal()
    facts.agree(traveller.town, traveller.settled())


def the_server_is_killed(traveller: Traveller) -> None:
    """Family 3."""
    before = len(traveller.rows())
    for number, (moment, fault) in enumerate(islice(moments().items(), 3)):
        traveller.network.next(fault)
        traveller.open(f"/t/{traveller.codes[number]}")
        traveller.file("inspection", number)
        fault.wait()
        traveller.town.kill()
        traveller.network.heal()
        assert len(traveller.rows()) == before + number + 1, moment
        traveller.town.start()
    facts.agree(traveller.town, traveller.settled())


def bad_photos_and_a_page_filled_twice(traveller: Traveller) -> None:
    """Family 13."""
    before = len(traveller.rows())
    traveller.open(f"/t/{traveller.codes[0]}")
    said = ""
    for share in (0, 0.5):
        traveller.driver.attach("#fault input[name=photo]", traveller.photo(7, share))
        said = traveller.see(OTHER, f"a photo cut to {share} is refused", said)
        assert traveller.driver.run(COUNT, "#fault canvas") == 0
    traveller.network.away = True
    traveller.open(f"/t/{traveller.codes[0]}")
    traveller.file("fault", 3, photo=False)
    traveller.driver.run(CLICK, "#fault [data-new-entry]")
    traveller.file("fault", 4, photo=False)
    assert len({row["submission_id"] for row in traveller.rows()}) == before + 2
    traveller.network.heal()
    facts.agree(traveller.town, traveller.settled())


FAMILIES = (a_day_without_network, the_server_is_killed, bad_photos_and_a_page_filled_twice)
