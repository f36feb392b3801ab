"""When a checklist is filled in, and which one stands in where a category has none of its own."""

from dataclasses import dataclass

ANY = "any"
"""The category of a checklist that serves every device without one of its own."""


@dataclass(frozen=True)
class Occasion:
    """`fallback`: the occasion whose checklist is taken where this one has none."""

    code: str
    zh: str
    en: str
    fallback: str | None


OCCASIONS: dict[str, Occasion] = {
    occasion.code: occasion
    for occasion in (
        Occasion("monthly", "月检", "Monthly check", None),
        Occasion("weekly", "周抽检", "Weekly sample", "daily"),
        Occasion("daily", "日检", "Daily check", "monthly"),
        Occasion("quarterly", "季度养护", "Quarterly upkeep", "monthly"),
        Occasion("half_yearly", "半年检测", "Half-yearly test", "quarterly"),
        Occasion("before_meeting", "会前检查", "Before the meeting", "daily"),
        Occasion("during_meeting", "会中巡查", "During the meeting", "before_meeting"),
        Occasion("after_meeting", "会后检查", "After the meeting", "before_meeting"),
        Occasion("observation", "观察期检查", "Observation", "monthly"),
        Occasion("commissioning", "安装调试验收", "Commissioning", "monthly"),
        Occasion("recheck", "质量复查", "Quality re-check", "monthly"),
    )
}


def chain(occasion: str) -> list[str]:
    """The occasion and those that stand in for it, the nearest first."""
    found: list[str] = []
    code: str | None = occasion
    while code and code not in found:
        found.append(code)
        known = OCCASIONS.get(code)
        code = known.fallback if known else None
    return found


def candidates(category: str, occasion: str) -> list[tuple[str, str]]:
    """(category, occasion) in the order in which a checklist is looked for.

    What serves every device comes before another occasion's checklist of the category itself: a
    device under observation is looked after, not checked as each month. A room is no device.
    """
    kinds = [category] if category == "room" else [category, ANY]
    return [(kind, code) for code in chain(occasion) for kind in kinds]
