"""What a line of the log is made of, whoever writes it."""

import json
import logging
import subprocess
import sys
from typing import Any

import psycopg
import pytest
from peewee import IntegrityError

from roundtag import db, logs
from roundtag.errors import Invalid, invalid
from roundtag.models import Person
from tests.world import World

SECRET = "13912345678"


def line(message: str, *args: Any, name: str = "roundtag.x", **more: Any) -> dict[str, Any]:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, None)
    record.__dict__.update(more)
    text = logs.Lines("worker").format(record)
    assert "\n" not in text
    return dict(json.loads(text))


def raised(error: BaseException) -> Any:
    try:
        raise error
    except type(error):
        return sys.exc_info()


@pytest.mark.parametrize("error", [
    ValueError(SECRET), KeyError(SECRET), IntegrityError(f"Key (phone)=({SECRET})"),
    UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET), invalid("x", "y", SECRET),
    OSError(28, "No space left on device", f"/data/{SECRET}"), SystemError(SECRET),
    psycopg.errors.UniqueViolation(f"Key (x)=({SECRET})"), type("E", (Exception,), {})(SECRET),
])  # fmt: skip
def test_an_exception_says_its_kind_and_place_and_no_value(error: Exception) -> None:
    told = line("it broke: %s", error, exc_info=raised(error))
    assert SECRET not in json.dumps(told)
    assert type(error).__name__ in told["event"]
    assert type(error).__name__ in told["exc_info"][0]
    assert f"{__file__}:" in told["exc_info"][1]


def test_what_is_safe_to_say_of_an_error_is_said() -> None:
    assert logs.told(OSError(28, "No space left on device", "/x")).endswith("left on device")
    assert logs.told(psycopg.errors.UniqueViolation("x")) == "UniqueViolation: 23505"
    assert logs.told(Invalid()) == "Invalid: invalid"


def test_a_chain_is_told_to_its_end() -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as first:
            raise RuntimeError(SECRET) from first
    except RuntimeError:
        told = line("x", exc_info=sys.exc_info())["exc_info"]
    assert [one for one in told if ":" not in one] == ["RuntimeError", "KeyError"]
    assert SECRET not in str(told)


def test_a_refused_row_is_told_without_its_values(world: World) -> None:
    taken = Person.get_by_id(world.engineer.person_id)
    try:
        with db.write():
            Person.create(username=taken.username, name=SECRET)
    except IntegrityError:
        told = json.dumps(line("x", exc_info=sys.exc_info()))
    assert "IntegrityError" in told
    assert SECRET not in told
    assert taken.username not in told


def test_locals_are_never_told() -> None:
    def fails(held: str) -> None:
        raise ValueError(held)

    try:
        fails(SECRET)
    except ValueError:
        assert SECRET not in json.dumps(line("x", exc_info=sys.exc_info(), exc_text=SECRET,
                                             stack_info=SECRET))  # fmt: skip


def test_only_known_fields_are_told() -> None:
    assert set(line("x", password=SECRET, body=SECRET)) == {"time", "level", "process", "logger",
                                                            "event"}  # fmt: skip


@pytest.mark.parametrize(("message", "args"), [("sent %s", (SECRET,)), (f"sent {SECRET}", ())])
def test_of_other_libraries_only_the_template_is_told(message: str, args: tuple[str]) -> None:
    assert SECRET not in json.dumps(line(message, *args, name="urllib3"))


PROGRAM = f"""
import logging
from roundtag import logs
logs.set_up("worker"); logs.set_up("worker")
logging.getLogger("roundtag.x").info("once")
logging.getLogger("other").info("not this")
raise ValueError("{SECRET}")
"""


def test_a_process_that_falls_says_so_in_one_line() -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    lines = [json.loads(one) for one in ended.stderr.splitlines()]
    assert ended.returncode == 1
    assert [one["event"] for one in lines] == ["once", "the process ends by an error"]
    assert {one["process"] for one in lines} == {"worker"}
    assert SECRET not in ended.stderr + ended.stdout


def test_log_level(monkeypatch: pytest.MonkeyPatch) -> None:
    from roundtag.settings import read

    assert read({"LOG_LEVEL": "warning"}).log_level == "warning"
    with pytest.raises(ValueError, match="LOG_LEVEL"):
        read({"LOG_LEVEL": "loud"})
    with pytest.raises(ValueError, match="METRICS_TOKEN"):
        read({"METRICS_TOKEN": "short"})
    for wrong in ("someone", "mailto:a@b.c\nExpires: never"):
        with pytest.raises(ValueError, match="SECURITY_CONTACT"):
            read({"SECURITY_CONTACT": wrong})
