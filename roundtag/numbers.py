"""Numbers that people read aloud: per kind and year, without gaps."""

from datetime import datetime

from roundtag import clock
from roundtag.models import Counter


def following(name: str, prefix: str, now: datetime) -> str:
    """PREFIX-YY-NNNN, counted per name and year (in China's time). Call it inside a deed: what is
    undone leaves no gap, and two at once wait for each other."""
    year = f"{clock.local(now):%y}"
    return f"{prefix}-{year}-{count(f'{name}-{year}', 1):04d}"


def count(name: str, more: int) -> int:
    """Adds to a counter and returns it; its row stays locked to the end of the deed."""
    counted = Counter.insert(name=name, value=more)
    counted = counted.on_conflict(
        conflict_target=[Counter.name], update={Counter.value: Counter.value + more}
    )
    return int(next(iter(counted.returning(Counter.value).execute())).value)
