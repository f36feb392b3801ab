"""Sites, rooms, devices with their units and tags: a building is one deed, as an import is."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from roundtag.db import write
from roundtag.growing.book import Book
from roundtag.growing.clients import Customer
from roundtag.growing.size import CATALOGUE, IN_BUILDING, IN_ROOM, IN_SITE, Size
from roundtag.models import (
    Building,
    Device,
    DeviceModel,
    History,
    Room,
    Site,
    StockMovement,
    Tag,
    Unit,
)
from tags import codes

Values = dict[str, Any]


@dataclass(frozen=True)
class Stand:
    """A device as the further parts need it: `kind` is its place in the catalogue."""

    id: int
    room: int
    kind: int
    tag: str


def models(size: Size) -> list[int]:
    """The models of the catalogue; their keys."""
    book = Book(size.dice("models"))
    with write():
        deed = book.deed("import_register", size.now)
        made = book.write(DeviceModel, (
            (deed, {"category": kind, "maker": maker, "name": name, "price": "1280.00"})
            for kind, _, maker, name in CATALOGUE))  # fmt: skip
        book.close()
    return [values["id"] for values in made]


def fill(size: Size, who: Customer, devices: int, catalogue: list[int]) -> Iterator[list[Stand]]:
    """All devices of a client, building by building."""
    dice, each, site = size.dice(f"register-{who.number}"), IN_ROOM * IN_BUILDING, 0
    for number, first in enumerate(range(0, devices, each)):
        with write():
            book = Book(dice)
            house = _House(book, who, catalogue)
            site = house.site(number // IN_SITE) if number % IN_SITE == 0 else site
            yield house.fill(site, number, range(first, min(first + each, devices)))
            book.close()


class _House:
    """One building and what stands in it, in one deed."""

    def __init__(self, book: Book, who: Customer, catalogue: list[int]) -> None:
        self.book, self.who, self.catalogue = book, who, catalogue
        self.deed = book.deed("import_register", who.since, client=who.code)
        self.same = {"client": who.id}

    def site(self, number: int) -> int:
        return int(self._make(Site, [{"name": f"园区{number + 1}"}])[0]["id"])

    def fill(self, site: int, number: int, numbers: range) -> list[Stand]:
        house = self._make(Building, [{"site": site, "name": f"{number + 1} 号楼"}])[0]["id"]
        first = numbers.start // IN_ROOM
        rooms = self._make(Room, [
            {"building": house, "floor": f"{n % 9 + 1}", "code": f"R{n:05}", "kind": "video",
             "name": f"第 {n} 会议室", "capacity": 20}
            for n in range(first, -(-numbers.stop // IN_ROOM))
        ])  # fmt: skip
        devices = self._make(
            Device, (_device(n, rooms[n // IN_ROOM - first]["id"], self.book.dice) for n in numbers)
        )
        self._units(devices, numbers)
        stands = [Stand(row["id"], row["room"], n % len(CATALOGUE), _code(self.book.dice))
                  for n, row in zip(numbers, devices, strict=True)]  # fmt: skip
        self._tags(rooms, stands)
        return stands

    def _units(self, devices: list[Values], numbers: range) -> None:
        units = self._make(Unit, (
            {"model": self.catalogue[n % len(CATALOGUE)], "place": "device", "device": row["id"],
             "serial": f"SN{self.book.dice.randrange(10**9):09}-{self.who.number}-{n}",
             "warranty_until": f"20{n % 6 + 24}-03-01"}
            for n, row in zip(numbers, devices, strict=True)), client=False)  # fmt: skip
        self._make(StockMovement, (
            {"unit": row["id"], "from_place": "supplier", "to_place": "device",
             "to_key": row["device"], "reason": "import", "at": self.who.since}
            for row in units), client=False)  # fmt: skip

    def _tags(self, rooms: list[Values], stands: list[Stand]) -> None:
        same = {"state": "bound", "made_at": self.who.since}
        doors = [{**same, "code": _code(self.book.dice), "room": row["id"]} for row in rooms]
        self._make(Tag, [*doors, *({**same, "code": one.tag, "device": one.id} for one in stands)])
        self._make(History, (
            {"room": one.room, "device": one.id, "kind": "registered", "subject_id": one.id,
             "at": self.who.since} for one in stands))  # fmt: skip

    def _make(self, model: Any, rows: Any, *, client: bool = True) -> list[Values]:
        same = self.same if client else {}
        return self.book.write(model, ((self.deed, {**same, **row}) for row in rows))


def _device(number: int, room: int, dice: Random) -> Values:
    category, name, _, _ = CATALOGUE[number % len(CATALOGUE)]
    return {"room": room, "code": f"E{number:06}", "name": name, "category": category,
            "position": f"机柜 {number % 40}U", "key_device": number % 9 == 0,
            "asset_number": f"ZC{dice.randrange(10**8):08}",
            "ip_address": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}",
            "installed_on": f"20{number % 15 + 11}-05-01"}  # fmt: skip


def _code(dice: Random) -> str:
    data = "".join(dice.choices(codes.ALPHABET, k=codes.LENGTH - 1))
    return data + codes.check(data)
