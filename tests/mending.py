"""A fault with a bit of everything in its file, at moments that can be checked by hand."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from roundtag import blobs, clock
from roundtag.commands import Photo
from roundtag.models import (
    Attachment,
    Fault,
    FaultCrew,
    FaultEvent,
    Rating,
    Swap,
)
from tests.world import World, deliver, fault_form, jpeg, new_id, swap_form

DAY = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
"""A Tuesday, 09:00 in China."""
LONG = "显示单元反复重启，信号切换后黑屏；" * 110


def at(minutes: float) -> datetime:
    return DAY + timedelta(minutes=minutes)


@dataclass
class Mended:
    world: World
    fault: Fault

    @property
    def id(self) -> int:
        return int(self.fault.id)

    def event(self, kind: str, minutes: float, what: str = "", note: str | None = None,
              person: int | None = None, **more: object) -> FaultEvent:  # fmt: skip
        """An entry as a verb would leave it, at a chosen moment."""
        who = person or self.world.engineer.person_id
        return FaultEvent.create(client=self.world.client_id, fault=self.fault, kind=kind,
                                 what=what, note=note, at=at(minutes), person=who,
                                 **more)  # fmt: skip

    def set(self, **columns: object) -> "Mended":
        Fault.update(**columns).where(Fault.id == self.id).execute()
        self.fault = Fault.get_by_id(self.id)
        return self


def reported(world: World, device: int = 0, **more: str) -> Mended:
    deliver("fault", fault_form(world, device, description="开会时黑屏，指示灯红闪", **more),
            world.engineer)  # fmt: skip
    fault = Fault.select().where(Fault.client == world.client_id).order_by(Fault.id.desc()).get()
    made = Mended(world, fault)
    FaultEvent.update(at=at(0)).where(FaultEvent.fault == fault.id).execute()
    return made.set(reported_at=at(0), source="attendee")


def whole(world: World, device: int = 0) -> Mended:
    """Level II at +5, I at +15: its response was due at +10 and so broken by +15; responded +25,
    room in use +30 to +50, on site +55, restored +200, resolved +260, observing."""
    made = reported(world, device)
    manager = world.manager.person_id
    made.event("level", 5, "II", "投影黑屏", manager)
    slip = made.event("level", 8, "IV", "点错", manager)
    made.event("undone", 9, "level", "点错了", manager, of=slip.id)
    made.event("dispatched", 10, str(world.engineer.person_id), person=manager)
    made.event("level", 15, "I", "主会场，会议中断", manager)
    made.event("responded", 25, "phone", "先电话指导切换信号")
    made.event("paused", 30, "room_in_use", "会议未散")
    made.event("resumed", 50, "room_in_use")
    made.event("on_site", 55, claimed_at=at(54))
    made.event("progress", 100, note="已接备用投影机，正在换灯泡")
    made.event("swapped", 150, note="SNA1 → SPA1")
    made.event("restored", 200, "temporary", "临时恢复")
    made.event("resolved", 260, note="更换整机")
    made.event("observing", 270)
    made.event("shaken", 271, "x", "本表没有的事项")
    made.set(state="observing", level="I", urgency="high", scope="room", support_mode="on_site",
             kind="device", diagnosis="灯泡点亮失败，电源板电容鼓包", cause="电源板老化",
             remedy="更换整机，旧机送修", restored_at=at(200), resolved_at=at(260),
             resolved_by=world.engineer.person_id, assignee=world.engineer.person_id,
             observed_until=clock.local_day(at(260)) + timedelta(days=7))  # fmt: skip
    FaultCrew.create(client=world.client_id, fault=made.id, person=manager, joined_at=at(60))
    return made


def with_swap(made: Mended) -> Mended:
    """The unit exchanged for this fault, with a photo of the exchange."""
    photo = kept("orange")
    deliver("swap", swap_form(made.world, note="换整机", photo=f"blob:{photo.sha256}"),
            made.world.engineer, photos=(photo,))  # fmt: skip
    Swap.update(fault=made.id, received_at=at(150)).execute()
    return made


def with_photos(made: Mended, count: int) -> Mended:
    for number in range(count):
        photo = kept(("teal", "navy", "purple", "olive")[number % 4], (320 + number, 240))
        Attachment.create(client=made.world.client_id, subject="fault", subject_id=made.id,
                          field="photo", sha256=photo.sha256, submission=new_id())  # fmt: skip
    return made


def with_voices(made: Mended) -> Mended:
    """One more report of the same, with a rating each."""
    twin = Fault.create(**{**_columns(made.fault), "number": "F-2611-900", "state": "duplicate",
                           "duplicate_of": made.id, "reported_at": at(3)})  # fmt: skip
    for fault, stars, comment in ((made.fault, 5, "很快，谢谢"), (twin, 2, None)):
        Rating.create(client=made.world.client_id, fault=fault, stars=stars, comment=comment,
                      at=at(300))  # fmt: skip
    return made


def _columns(fault: Fault) -> dict[str, object]:
    return {name: value for name, value in fault.__data__.items() if name != "id"}


def kept(colour: str, size: tuple[int, int] = (64, 48)) -> Photo:
    """A photo whose bytes are in the store."""
    data, photo = jpeg(colour, size)
    blobs.put_photo(data)
    return replace(photo, field="photo")
