"""What a report in the background must be able to do, whatever it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from roundtag import commands
from roundtag.access import Actor
from roundtag.reports.filing import Filed
from roundtag.reports.shape import Issue
from roundtag.reports.words import Lang

Note = Callable[[int], None]


class Report(Protocol):
    """The data of a report: JSON values and their digest."""

    @property
    def digest(self) -> str: ...
    def plain(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Subject:
    """What a report is about: `name` of a Maker, the subject's key, and its kind of report where
    there are several."""

    name: str
    key: int
    kind: str = ""


class Maker(Protocol):
    """How reports of one kind of subject are made."""

    draft_deed: str

    def url(self, subject: Subject) -> str:
        """Where the report is looked at."""

    def client_of(self, subject: Subject, actor: Actor) -> int:
        """Raises NotFound out of the actor's view."""

    def require_issuable(self, subject: Subject, actor: Actor) -> None:
        """Raises Forbidden, and Invalid for what cannot be issued yet."""

    def report(self, subject: Subject) -> Any:
        """A Report of the records as they are now."""

    def pages(self, report: Any) -> int:
        """Of one language, roughly."""

    def write(self, report: Any, lang: Lang, folder: Path, stem: str, issue: Issue,
              note: Note) -> None:  # fmt: skip
        """Writes `stem`.pdf and `stem`.xlsx into the folder."""

    def next_issue(self, subject: Subject, now: datetime) -> tuple[Issue, int | None]:
        """What the next document bears, and the key of the one that it replaces."""

    def order(self, subject: Subject, filed: Filed) -> tuple[commands.Verb, Any]:
        """The verb that files a finished document, and its command."""


MAKERS: dict[str, Maker] = {}
