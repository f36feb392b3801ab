"""A small believable world for tests, made through the product's own verbs."""

import hashlib
import io
import json
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from PIL import Image

from roundtag import (
    access,
    checklists,
    clients,
    clock,
    commands,
    faults,
    history,
    knowledge,
    ledger,
    people,
    problems,
    rounds,
    stocktakes,
    sync,
    tagging,
)
from roundtag.access import Actor
from roundtag.commands import Deed, Envelope, Outcome, Photo, Receipt
from roundtag.db import write
from roundtag.models import (
    Building,
    Contract,
    Device,
    DeviceModel,
    Person,
    Room,
    Site,
    Store,
    Tag,
    Unit,
)
from roundtag.stock import levels

PASSWORD = "correct horse battery"
ITEMS = (
    {"key": "image", "kind": "check", "zh": "画面", "en": "Image"},
    {"key": "lamp", "kind": "reading", "unit": "h", "min": 0, "max": 4000, "zh": "灯时",
     "en": "Lamp"},
    {"key": "filter", "kind": "choice", "zh": "滤网", "en": "Filter",
     "options": [{"key": "clean", "zh": "净", "en": "Clean"},
                 {"key": "blocked", "zh": "堵", "en": "Blocked", "fail": True}]},
    {"key": "remark", "kind": "text", "zh": "其他", "en": "Other", "required": False},
)  # fmt: skip
GOOD = {"item.image": "pass", "item.lamp": "1200", "item.filter": "clean"}


@dataclass
class World:
    """One client with a room, two projectors, two spares, a round and an engineer."""

    client_id: int
    contract_id: int
    engineer: Actor
    manager: Actor
    viewer: Actor
    room: Room
    devices: list[Device]
    tags: list[str]
    room_tag: str
    version_id: int
    round_id: int
    code: str


def new_id() -> str:
    return str(uuid.uuid4())


def run(verb: Any, command: Any, actor: Actor = access.SYSTEM) -> Receipt:
    return commands.run(new_id(), verb, command, actor)


def open_provider() -> None:
    with write():
        ledger.open_log(None)


def build(code: str = "A") -> World:
    """A client's world; call `open_provider()` once before the first."""
    client_id = _id(run(clients.add_client, clients.AddClient(code, f"客户{code}")))
    day = clock.local_day(clock.now())
    first, last = date(day.year, day.month, 1), date(day.year + 1, 12, 31)
    order = clients.AddContract(client_id, f"HT-{code}", "运维合同", first, last)
    contract_id = _id(run(clients.add_contract, order))
    run(checklists.publish_checklists, checklists.PublishChecklists((
        {"category": "projector", "occasion": "monthly", "name_zh": "投影机月检",
         "name_en": "Projector, monthly", "items": list(ITEMS)},)))  # fmt: skip
    engineer = person(f"engineer-{code}".lower(), ("engineer", "client", client_id))
    run(import_register, Place(client_id, code))
    room = Room.get(Room.client == client_id)
    devices = list(Device.select().where(Device.client == client_id).order_by(Device.id))
    version = checklists.latest("projector", "monthly")
    assert version is not None
    round_id = _id(run(rounds.open_round, rounds.OpenRound(
        contract_id, "monthly", f"{day:%Y-%m}", engineer.person_id)))  # fmt: skip
    tags = tagging.codes_of_devices(d.id for d in devices)
    return World(
        client_id, contract_id, engineer,
        person(f"manager-{code}".lower(), ("manager", "client", client_id),
               ("storekeeper", "provider", None)),
        person(f"viewer-{code}".lower(), ("client", "client", client_id)),
        room, devices, [tags[d.id] for d in devices],
        Tag.get(Tag.room == room.id).code, version.id, round_id, code,
    )  # fmt: skip


def _id(receipt: Receipt) -> int:
    assert isinstance(receipt.subject_id, int)
    return receipt.subject_id


def person(username: str, *grants: tuple[str, str, int | None]) -> Actor:
    order = people.AddPerson(username, f"{username} 先生", PASSWORD, grants)
    key = _id(run(people.add_person, order))
    return people.actor_of(Person.get_by_id(key), clock.now())


@dataclass(frozen=True)
class Place:
    client_id: int
    code: str


def import_register(command: Place, deed: Deed) -> Outcome:
    """Stands in for the importer: a room, two projectors with units, a store with two spares."""
    client = command.client_id
    site = deed.create(Site, client=client, name=f"园区{command.code}")
    building = deed.create(Building, client=client, site=site, name="主楼")
    room = deed.create(Room, client=client, building=building, floor="3", code=f"{command.code}301",
                       name="视频会议室", kind="video", capacity=40)  # fmt: skip
    tagging.bind(deed, client, room=room)
    model, _ = DeviceModel.get_or_create(category="projector", maker="爱普生", name="CB-L500")
    deed._note(model)
    for number in (1, 2):
        _device(deed, command, room, model, number)
    store = deed.create(Store, code=f"K{command.code}", name="备件库", client=client)
    for number in (1, 2):
        deed.create(Unit, model=model, serial=f"SP{command.code}{number}", place="store",
                    store=store, shelf=f"A-{number}")  # fmt: skip
    levels.recount()
    return Outcome("imported")


def _device(deed: Deed, command: Place, room: Room, model: DeviceModel, number: int) -> None:
    device = deed.create(Device, client=command.client_id, room=room, name=f"投影机 {number}",
                         code=f"{command.code}-P0{number}", category="projector",
                         position=f"吊顶 {number}")  # fmt: skip
    deed.create(Unit, model=model, serial=f"SN{command.code}{number}", place="device",
                device=device, warranty_until=date(2028, 1, 1))  # fmt: skip
    tagging.bind(deed, command.client_id, device=device)
    history.record(deed, "registered", device)


def envelope(form: str, fields: dict[str, str], owner: int | None, *, id: str | None = None,  # noqa: A002
             photos: tuple[Photo, ...] = (), **more: Any) -> Envelope:  # fmt: skip
    """What a phone would send for a filled form."""
    body = json.dumps([list(p) for p in fields.items()], ensure_ascii=False, separators=(",", ":"))
    values = {
        "form_version": "1",
        "app_version": "test",
        "install_id": "phone-1",
        "seq": 1,
        "claimed_at": datetime(2026, 11, 22, 1, 12, tzinfo=UTC),
        "sent_at": clock.now(),
    }
    return Envelope(id=id or new_id(), form=form, body=body, sha256=sync.digest_of(body),
                    owner=owner, photos=photos, **{**values, **more})  # fmt: skip


def check_form(world: World, device: int = 0, **more: str) -> dict[str, str]:
    return {"tag": world.tags[device], "template_version": str(world.version_id),
            "round": str(world.round_id), "scanned": "1", **GOOD, **more}  # fmt: skip


def swap_form(world: World, device: int = 0, **more: str) -> dict[str, str]:
    serials = {"expected_old_serial": f"SN{world.code}{device + 1}",
               "new_serial": f"SP{world.code}1"}  # fmt: skip
    return {"tag": world.tags[device], **serials, "old_unit_to": "repair", "reason": "faulty",
            **more}  # fmt: skip


def fault_form(world: World, device: int = 0, **more: str) -> dict[str, str]:
    return {"tag": world.tags[device], "symptom": "no_picture", **more}


def fault(world: World, device: int = 0, **more: str) -> int:
    """A fault that the engineer reported; its key."""
    return _id(deliver("fault", fault_form(world, device, **more), world.engineer))


def step_form(fault_id: int, step: str, **more: str) -> dict[str, str]:
    """What an engineer fills in for a step, with all that each step owes."""
    owed = {"respond": {"mode": "on_site"}, "arrive": {"why": "门牌脱落"},
            "restore": {"diagnosis": "线松"}, "restore_remotely": {"diagnosis": "线松"},
            "resolve": {"cause": "线松", "remedy": "换了线"}, "progress": {"note": "在查"},
            "pause": {"reason": "room_in_use"}}  # fmt: skip
    return {"fault": str(fault_id), "step": step, **owed.get(step, {}), **more}


def resolve(fault_id: int, actor: Actor = access.SYSTEM, remedy: str = "换了线") -> Receipt:
    """The whole work at a fault in one step."""
    order = faults.TakeStep(fault_id, "resolve", cause="线松", remedy=remedy)
    return run(faults.take_step, order, actor)


def count_form(world: World, stocktake: int, **more: str) -> dict[str, str]:
    """A list of the world's room that holds its first device."""
    return {"stocktake": str(stocktake), "room": str(world.room.id), "code": world.tags[0], **more}


def stocktake(world: World, scope: str = "client", place: int | None = None,
              **more: Any) -> int:  # fmt: skip
    """An open stocktake of all of the world's rooms, or of one place."""
    order = stocktakes.OpenStocktake(scope, place or world.client_id, "年终盘点", **more)
    return _id(run(stocktakes.open_stocktake, order, world.manager))


def add_room(world: World) -> Room:
    """A302 beside the world's room, with one device, A-X01."""

    def build(command: Place, deed: Deed) -> Outcome:
        client, building = command.client_id, world.room.building_id
        room = deed.create(Room, client=client, building=building, floor="3", code="A302",
                           name="小会议室", kind="video")  # fmt: skip
        tagging.bind(deed, client, room=room)
        device = deed.create(Device, client=client, room=room, name="音箱", code="A-X01",
                             category="speaker", position="墙")  # fmt: skip
        tagging.bind(deed, client, device=device)
        return Outcome("made")

    build.__name__ = "import_register"
    run(build, Place(world.client_id, "A"))
    return Room.get((Room.client == world.client_id) & (Room.code == "A302"))


def knowledge_of(fault_id: int) -> tuple[int, int]:
    """A public article with a draft ahead of it, and the problem that it was written from."""
    order = problems.OpenProblem((fault_id,), "Cold start", "device", "projector")
    problem = _id(run(problems.open_problem, order))
    words = knowledge.Words("冷启动", "Cold start", "1. 等", "1. Wait")
    article = knowledge.WriteArticle(words, "projector", public=True, symptoms=("no_picture",),
                                     problem_id=problem, publish=True)  # fmt: skip
    key = _id(run(knowledge.write_article, article))
    run(knowledge.write_article, replace(article, article_id=key, expected=1, publish=False))
    return key, problem


def jpeg(colour: str = "navy", size: tuple[int, int] = (64, 48)) -> tuple[bytes, Photo]:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    data = out.getvalue()
    return data, Photo(hashlib.sha256(data).hexdigest(), "image/jpeg", len(data))


def contract(world: World) -> Contract:
    return Contract.get_by_id(world.contract_id)


def deliver(form: str, fields: dict[str, str], actor: Actor, **more: Any) -> Receipt:
    """Sends a filled form through the one door, as the actor's own work."""
    return sync.submit(envelope(form, fields, actor.person_id, **more), actor)
