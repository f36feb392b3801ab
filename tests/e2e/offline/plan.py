"""A schedule: what people, phones, network and server do, in an order that a seed decides."""

import random
from dataclasses import dataclass
from typing import Any

FORMS = ("inspection", "inspection", "fault", "fault", "swap")
DEVICES = 4
TABS = 2
PHONES = 2
DAYS = (-2, -1, 1, 2)
CHANCES = {
    "file": 40,
    "drain": 8,
    "offline": 12,
    "away": 5,
    "lose_reply": 6,
    "cut_request": 5,
    "deliver_twice": 4,
    "lose_photo": 4,
    "clock": 4,
    "reload": 5,
    "close_tab": 3,
    "expire": 3,
    "sign_in": 3,
    "stop_worker": 3,
    "kill_web": 3,
    "kill_server": 1,
    "kill_server_at_reply": 1,
    "kill_server_at_request": 1,
    "start_server": 4,
    "kill_browser": 1,
    "file_and_kill": 1,
}


@dataclass(frozen=True)
class Entry:
    """What is filled in. `choices` decide every choice of the form; `photo` names its pixels."""

    form: str
    device: int
    choices: tuple[int, ...]
    photo: int | None
    taps: int


@dataclass(frozen=True)
class Step:
    verb: str
    phone: int
    details: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return f"{self.verb}({', '.join(map(str, (self.phone, *self.details)))})"


def steps(seed: int) -> list[Step]:
    """The same seed gives the same steps, for ever and on every machine."""
    dice = random.Random(seed)
    verbs = dice.choices(list(CHANCES), list(CHANCES.values()), k=dice.randint(8, 16))
    return [Step(verb, dice.randrange(PHONES), _details(verb, dice)) for verb in verbs]


def _details(verb: str, dice: random.Random) -> tuple[Any, ...]:
    if verb in {"file", "file_and_kill"}:
        return (dice.randrange(TABS), _entry(dice))
    if verb == "offline":
        return (dice.random() < 0.6,)
    if verb == "clock":
        return (dice.choice(DAYS),)
    if verb in {"cut_request", "lose_photo", "expire"}:
        return (dice.random(),)
    return ()


def _entry(dice: random.Random) -> Entry:
    return Entry(
        dice.choice(FORMS),
        dice.randrange(DEVICES),
        tuple(dice.randrange(1000) for _ in range(6)),
        dice.randrange(10_000) if dice.random() < 0.35 else None,
        2 if dice.random() < 0.1 else 1,
    )
