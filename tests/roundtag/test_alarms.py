"""Each alarm rings for its own reason and for no other; a sound installation is silent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from roundtag.backups import state
from roundtag.operations import alarms
from roundtag.operations.figures import Figures, quota

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def log(leaves: int = 9, signed: int = 9, wrong: int = 0, at: datetime = NOW) -> Any:
    return SimpleNamespace(leaves=leaves, head=SimpleNamespace(size=signed, signed_at=at),
                           check=SimpleNamespace(count=wrong, asked_at=at, done_at=at))  # fmt: skip


BACKUP = state.Status(ago(hours=9), "", 1, ago(hours=9), ago(hours=9), (), None, ago(days=99))
SOUND = Figures(NOW, {"done": 5}, ago(minutes=9), 1, ago(minutes=59), {}, {}, 0, 0, 0, 10**12,
                BACKUP, ago(minutes=4), (log(),), None, {"up": True}, "ok")  # fmt: skip


def test_a_sound_installation_is_silent() -> None:
    assert alarms.ringing(SOUND) == []


@pytest.mark.parametrize(("code", "wrong"), [
    ("writes", {"writes": "read-only"}),
    ("disk", {"free": 499_999_999}),
    ("quota", {"stored": int(0.91 * quota())}),
    ("photos", {"photos_up": False}),
    ("queue", {"queue": {"up": False}}),
    ("scheduler", {"tick": ago(minutes=6)}),
    ("scheduler", {"tick": None}),
    ("worker", {"job_due": ago(minutes=11)}),
    ("jobs", {"jobs": {"failed": 1}}),
    ("mail", {"mail_since": ago(minutes=61)}),
    ("backup", {"backup": replace(BACKUP, proven_at=ago(hours=27))}),
    ("drill", {"backup": replace(BACKUP, problems=("torn",))}),
    ("ledger", {"logs": (log(), log(wrong=1))}),
    ("unchecked", {"logs": (log(at=ago(hours=50)),)}),
    ("unsigned", {"logs": (log(signed=8, at=ago(minutes=11)),)}),
])  # fmt: skip
def test_each_alarm_rings_alone(code: str, wrong: dict[str, Any]) -> None:
    assert [one.code for one in alarms.ringing(replace(SOUND, **wrong))] == [code]


def test_every_alarm_is_tried_here() -> None:
    (mark,) = (one for one in test_each_alarm_rings_alone.pytestmark if one.name == "parametrize")
    assert {code for code, _ in mark.args[1]} == {one.code for one in alarms.ALARMS}


def test_a_new_installation_is_given_time() -> None:
    fresh = state.Status(None, "", 0, None, None, (), None, ago(minutes=2))
    bare = SimpleNamespace(leaves=3, head=None, check=None)
    seen = replace(SOUND, backup=fresh, tick=None, logs=(bare,))  # type: ignore[arg-type]
    assert alarms.ringing(seen) == []
