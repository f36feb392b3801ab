"""Many rows of everything that lists show, made through the product's own verbs."""

from dataclasses import dataclass

from roundtag import tagging
from roundtag.commands import Deed, Outcome
from roundtag.models import Building, Room, Round, RoundDevice, Site, Store, Unit
from roundtag.stock import levels
from tests import world as worlds
from tests.world import Place, World

SYMPTOMS = ("no_picture", "no_sound", "other")


@dataclass(frozen=True)
class Grow:
    place: Place
    room_id: int
    round_id: int


def import_register(command: Grow, deed: Deed) -> Outcome:
    """Stands in for the importer: ten devices more in the room, two rooms and two spares more."""
    room = Room.get_by_id(command.room_id)
    client = command.place.client_id
    template = Unit.select().where(Unit.device.is_null(False)).first()
    for number in range(3, 13):
        worlds._device(deed, command.place, room, template.model, number)
    for code in ("X1", "X2"):
        site = deed.create(Site, client=client, name=f"园区{code}")
        building = deed.create(Building, client=client, site=site, name=f"{code} 楼")
        more = deed.create(Room, client=client, building=building, floor="1", code=code,
                           name=f"会议室 {code}", kind="video")  # fmt: skip
        tagging.bind(deed, client, room=more)
    store = Store.get(Store.client == client)
    for number in range(10):
        deed.create(Unit, model=template.model, serial=f"MORE{number}", place="store", store=store)
    _join_round(deed, Round.get_by_id(command.round_id), room)
    levels.recount()
    return Outcome("grown")


def _join_round(deed: Deed, tour: Round, room: Room) -> None:
    known = {row.device_id for row in RoundDevice.select().where(RoundDevice.round == tour.id)}
    for device in room.device_set:
        if device.id not in known:
            deed.create(RoundDevice, client=tour.client_id, round=tour, device=device)


def fill(world: World) -> None:
    worlds.run(
        import_register, Grow(Place(world.client_id, world.code), world.room.id, world.round_id)
    )
    for number in range(12):
        _, photo = worlds.jpeg(f"#{number:06x}")
        fields = worlds.fault_form(world, symptom=SYMPTOMS[number % 3], description=f"no {number}",
                                   photo=f"blob:{photo.sha256}")  # fmt: skip
        worlds.deliver("fault", fields, world.engineer, photos=(photo,))
        worlds.deliver("inspection", worlds.check_form(world), world.manager)
