"""What one version of a matrix says otherwise than another."""

from typing import Any, NamedTuple

from roundtag.sla.matrix import LEVELS, TARGETS, Matrix


class Change(NamedTuple):
    """`kind`: promise (of `level` and `target`), definition (of `level`), week, warn or zone."""

    kind: str
    level: str
    target: str
    before: Any
    after: Any


def compare(old: Matrix, new: Matrix) -> list[Change]:
    """The differences, in the order of the page."""
    found = [
        Change("promise", level, target, old.rows[level][target], new.rows[level][target])
        for level in LEVELS
        for target in TARGETS
    ]
    found += [Change("definition", level, "", old.definitions.get(level, {}),
                     new.definitions.get(level, {})) for level in LEVELS]  # fmt: skip
    found += [Change(kind, "", "", getattr(old, kind), getattr(new, kind))
              for kind in ("week", "warn", "zone")]  # fmt: skip
    return [change for change in found if change.before != change.after]
