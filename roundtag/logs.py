"""The log: one JSON object per line on stderr, and in it nothing that people typed or hold.

Words come from the code: events, route patterns, numbers. What an exception says may quote a row, a
form or a path, so only its kind is told, with what is safe to add (`told`), and where it happened.
"""

import logging
import sys
import traceback
import uuid
from contextvars import ContextVar
from types import TracebackType
from typing import Any, TextIO

from pythonjsonlogger.json import JsonFormatter

from roundtag.errors import RoundtagError
from roundtag.settings import current

OURS = ("roundtag", "blueprints")
FIELDS = ("time", "level", "process", "logger", "event", "request_id", "method", "route", "status",
          "ms", "person", "exc_info")  # fmt: skip
"""All that a line may have, whatever a caller adds."""
FRAMES = 12

_request: ContextVar[str | None] = ContextVar("request", default=None)


def begin_request() -> str:
    """Every line of this thread bears a new number from here on; none is taken from outside."""
    fresh = uuid.uuid4().hex
    _request.set(fresh)
    return fresh


def end_request() -> None:
    _request.set(None)


def told(error: BaseException) -> str:
    """What may be said of an error: its kind, and words that quote nobody."""
    return ": ".join(filter(None, (type(error).__name__, _safe_words(error))))


def _safe_words(error: BaseException) -> str:
    if isinstance(error, RoundtagError):
        return error.code
    if isinstance(error, OSError):
        return error.strerror or ""
    state = getattr(error, "sqlstate", None)
    named = getattr(getattr(error, "diag", None), "constraint_name", None)
    return " ".join(filter(None, (state, named)))


def where(error: BaseException | None) -> list[str]:
    """The chain of an error, the last one first: kinds and the lines of code, no value of any."""
    lines: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        lines += [told(error), *_frames(error.__traceback__)]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines


def _frames(trace: TracebackType | None) -> list[str]:
    found = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{one.filename}:{one.lineno} {one.name}: {one.line}" for one in found]


class Lines(JsonFormatter):
    """A record as one line of ASCII: no sign in it can end or colour a line."""

    def __init__(self, process: str) -> None:
        super().__init__(
            ["levelname", "name", "message"],
            rename_fields={"levelname": "level", "name": "logger", "message": "event"},
            static_fields={"process": process},
            timestamp="time",
        )

    def format(self, record: logging.LogRecord) -> str:
        copy = logging.makeLogRecord(record.__dict__)
        copy.exc_text = copy.stack_info = None  # another formatter's words
        copy.args = _quiet(copy.args)
        if not copy.name.startswith(OURS):  # what others put in is not known: only their template
            copy.msg, copy.args = str(copy.msg) if copy.args else "said something", ()
        return super().format(copy)

    def formatException(self, ei: Any) -> Any:  # noqa: N802 - the name that logging calls
        return where(ei[1])

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        log_data["request_id"] = _request.get()
        return {name: log_data[name] for name in FIELDS if log_data.get(name) is not None}


def _quiet(args: Any) -> Any:
    """An exception among the words of an event is told as everywhere else."""
    if not isinstance(args, tuple):
        return args
    return tuple(told(one) if isinstance(one, BaseException) else one for one in args)


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to whatever stderr is at the moment."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _: TextIO) -> None: ...


def set_up(process: str) -> None:
    """Sends every log of this process to stderr as JSON; called again, it only renames it."""
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _Stderr)]:
        root.removeHandler(old)
    handler = _Stderr()
    handler.setFormatter(Lines(process))
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(_level())
    sys.excepthook = _fell


def _level() -> int:
    """LOG_LEVEL; without it a terminal, where a person reads, is spared the requests."""
    quiet = "warning" if sys.stderr.isatty() else "info"
    return logging.getLevelNamesMapping()[(current().log_level or quiet).upper()]


def _fell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger(__name__).critical("the process ends by an error", exc_info=error)
