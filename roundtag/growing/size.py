"""How much is made, and the few figures that a made-up installation is proportioned by."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

IN_ROOM, IN_BUILDING, IN_SITE = 20, 25, 4
"""Devices per room, rooms per building, buildings per site."""
PER_CLIENT = 2_500
"""Devices of a client, where nobody says how many clients there are."""
PAST = 50
"""Lines of history per device, where nobody says how many there are."""
CATALOGUE = (
    ("projector", "投影机", "索尼", "VPL-P500"), ("microphone", "无线话筒", "舒尔", "SLXD4"),
    ("speaker", "音箱", "博士", "DM5SE"), ("terminal", "会议终端", "华为", "Box 600"),
    ("camera", "摄像机", "索尼", "SRG-X120"), ("mixer", "调音台", "雅马哈", "TF1"),
    ("display", "显示屏", "海信", "75WR60E"), ("amplifier", "功放", "皇冠", "CDi1000"),
    ("central_control", "中控主机", "快思聪", "CP4"), ("matrix", "矩阵", "爱思创", "DTP2"),
)  # fmt: skip
"""Category, name of a device, maker and model of its unit."""


@dataclass(frozen=True)
class Size:
    """`history`: lines of the logbooks in all; `now`: the moment up to which things happened."""

    devices: int
    clients: int
    history: int
    seed: int
    now: datetime

    def dice(self, part: object) -> Random:
        """Chance for one part, the same whatever the other parts take."""
        return Random(f"{self.seed}/{part}")  # noqa: S311 - made-up data, meant to repeat

    def shares(self) -> list[tuple[int, int]]:
        """Devices and lines of history of each client; the first ones get what is over."""
        return list(zip(_split(self.devices, self.clients), _split(self.history, self.clients),
                        strict=True))  # fmt: skip


def of(devices: int, clients: int | None, history: int | None, seed: int, now: datetime) -> Size:
    """The size with what was not said filled in."""
    chosen = clients or -(-devices // PER_CLIENT)
    return Size(devices, min(chosen, devices), PAST * devices if history is None else history, seed,
                now)  # fmt: skip


def _split(whole: int, parts: int) -> list[int]:
    least, over = divmod(whole, parts)
    return [least + (number < over) for number in range(parts)]
