"""How long a device has been in use, against the life it was made for."""

from dataclasses import dataclass
from datetime import date

from roundtag import data

LEAST_YEARS = 6
"""What a device must last at least (A2), whatever its category says."""


@dataclass(frozen=True)
class Age:
    """`years` in use (full ones), of the `life` in years; `over` from the last day of it on."""

    years: int
    life: int

    @property
    def over(self) -> bool:
        return self.years >= self.life


def of(installed_on: date | None, category: data.Category, today: date) -> Age | None:
    """None while nobody knows since when, or when that day is still to come."""
    if installed_on is None or installed_on > today:
        return None
    before_anniversary = (today.month, today.day) < (installed_on.month, installed_on.day)
    years = today.year - installed_on.year - before_anniversary
    return Age(years, max(LEAST_YEARS, category.life_years or 0))
