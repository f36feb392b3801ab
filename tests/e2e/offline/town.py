"""The small installation of the schedules: four devices in one room, two engineers, few spares."""

from dataclasses import dataclass
from pathlib import Path

from roundtag import rounds
from roundtag.commands import Deed, Outcome
from roundtag.db import write
from roundtag.models import DeviceModel, Room, Store, Unit
from roundtag.stock import levels
from tests import world
from tests.e2e.server import Server

PEOPLE = ("engineer-s", "second-s")


class Town(Server):
    """Started as `roundtag serve` without the demo, then filled through the product's own verbs."""

    words = ("serve",)

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir, ROUNDTAG_ADMIN="admin", ROUNDTAG_ADMIN_PASSWORD=world.PASSWORD)

    def fill(self) -> "Town":
        # All at once: the scheduler would open the round of a contract that it finds on its way.
        with self.records(), write():
            built = world.build("S")
            world.run(import_register, Place(built.client_id))
            second = world.person(PEOPLE[1], ("engineer", "client", built.client_id))
            for person, month in ((built.engineer, "2030-01"), (second, "2030-02")):
                order = rounds.OpenRound(built.contract_id, "monthly", month, person.person_id)
                world.run(rounds.open_round, order)
        return self


@dataclass(frozen=True)
class Place:
    client_id: int


def import_register(command: Place, deed: Deed) -> Outcome:
    """Two more projectors and two more spares."""
    room = Room.get(Room.client == command.client_id)
    model, store = DeviceModel.get(), Store.get(Store.client == command.client_id)
    for number in (3, 4):
        world._device(deed, world.Place(command.client_id, "S"), room, model, number)
        deed.create(Unit, model=model, serial=f"SPS{number}", place="store", store=store)
    levels.recount()
    return Outcome("imported")
