"""The three documents of a fault: their form codes, when they can be issued, their parts."""

from dataclasses import dataclass

RESTORED = ("restored", "resolved", "observing", "closed")
RESOLVED = RESTORED[1:]
WRITTEN = frozenset({"late", "process", "impact", "analysis", "cost", "prevention", "advice"})
"""Parts that a person writes; all others are told by the records."""


@dataclass(frozen=True)
class Kind:
    """`form`: its code where it has one; `prefix`: of its numbers; `states`: of a fault that it can
    be issued of; `parts`: its sections in order."""

    prefix: str
    form: str
    states: tuple[str, ...]
    parts: tuple[str, ...]

    @property
    def written(self) -> tuple[str, ...]:
        return tuple(part for part in self.parts if part in WRITTEN)


KINDS = {
    "response": Kind("FR", "ST.FO05-94", RESTORED, (
        "fault", "place", "clocks", "late", "levels", "pauses", "finding", "process", "parts",
        "cost", "advice", "crew", "linked", "ratings", "course", "photos")),
    "analysis": Kind("FA", "ST.FO05-96", RESOLVED, (
        "fault", "place", "clocks", "late", "levels", "pauses", "finding", "analysis", "parts",
        "cost", "prevention", "crew", "linked", "ratings", "course", "photos")),
    "major": Kind("FM", "", RESTORED, (
        "fault", "place", "impact", "clocks", "late", "levels", "pauses", "course", "finding",
        "analysis", "parts", "cost", "prevention", "crew", "linked", "ratings", "photos")),
}  # fmt: skip
ALWAYS_MAJOR, MAJOR_BY_CHOICE = "I", "II"


def document(kind: str) -> str:
    """The kind as issued documents bear it."""
    return f"fault-{kind}"
