"""The order in which people walk: floors from the cellar up, numbers by their size.

Floors are written as the house writes them (B1, -1, 负一层, 1F, 12楼, 顶层); none is refused.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

DIGITS = "零一二三四五六七八九"
GROUND = {"首", "大堂", "底", "ground", "lobby", "g", "gf"}
TOP = {"顶", "楼顶", "屋顶", "屋面", "天台", "r", "rf", "roof", "top"}
HIGHEST = 10_000.0
UNKNOWN = HIGHEST * 2
BELOW = re.compile(r"^(?:b *[0-9一二三四五]|地下|负|-|basement|地库)")
BETWEEN = re.compile(r"夹|m$|mezz")
Key = tuple[Any, ...]


@lru_cache(maxsize=4096)
def floor_key(floor: str) -> Key:
    """Orders floors by height: B2, B1 (负一层), 1F, 夹层 above its floor, 2F, 10F, roof.

    What names no height comes last, in natural order.
    """
    text = unicodedata.normalize("NFKC", floor).strip().lower()
    height = _height(text)
    return (UNKNOWN if height is None else height, natural_key(text))


def _height(text: str) -> float | None:
    stem = re.sub(r"(?:层|楼|floor|level)", "", text).strip()
    if stem in GROUND:
        return 1.0
    if stem in TOP:
        return HIGHEST
    number = _number(stem)
    if number is None:
        return None
    if BELOW.match(stem):
        return -number
    return number + (0.5 if BETWEEN.search(stem) else 0.0)


def _number(text: str) -> float | None:
    """The first number of a text, in Arabic or Chinese digits up to 99."""
    arabic = re.search(r"[0-9]{1,4}", text)
    if arabic:
        return float(arabic.group())
    chinese = re.search(f"[{DIGITS}十两]+", text)
    return float(_chinese(chinese.group())) if chinese else None


def _chinese(text: str) -> int:
    text = text.replace("两", "二")
    if "十" not in text:
        return int("".join(str(DIGITS.index(sign)) for sign in text[:4]))
    tens, _, ones = text.partition("十")
    high = DIGITS.index(tens[-1]) if tens else 1
    low = DIGITS.index(ones[0]) if ones and ones[0] in DIGITS else 0
    return high * 10 + low


@lru_cache(maxsize=65536)
def natural_key(text: str) -> Key:
    """Orders texts as people do: A2 before A10."""
    parts = re.split(r"([0-9]+)", text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)
