"""Files of other programs, as data: their headings, and how they write what we write otherwise."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from roundtag.register import cells
from roundtag.register.cells import Reader
from roundtag.register.problems import Unreadable

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SPELLED = re.compile(r"(?:[A-Za-z]{3,9},? )?([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})")
PLURALS = {
    "projectors": "projector", "displays": "display", "monitors": "display", "tvs": "display",
    "televisions": "display", "microphones": "microphone", "speakers": "speaker",
    "loudspeakers": "speaker", "cameras": "camera", "amplifiers": "amplifier", "mixers": "mixer",
    "servers": "server", "switches": "network", "network": "network", "networking": "network",
    "networking equipment": "network", "conference phones": "terminal", "screens":
    "projection_screen",
}  # fmt: skip


@dataclass(frozen=True)
class Dialect:
    """A program's files of one kind. `marks`: headings that tell them; `fields`: folded heading →
    field; `readers`: what reads a field instead; `fills`: empty field → field that stands in."""

    name: str
    kind: str
    marks: frozenset[str]
    fields: Mapping[str, str]
    readers: Mapping[str, Reader] = field(default_factory=dict)
    fills: Mapping[str, str] = field(default_factory=dict)


def spelled_day(cell: str) -> date:
    """Also Mon Jan 23, 2023, as lists on a screen are exported."""
    found = SPELLED.fullmatch(cell.strip())
    if found is None or found[1].lower() not in MONTHS:
        return cells.day(cell)
    return cells.day(f"{found[3]}-{MONTHS.index(found[1].lower()) + 1}-{found[2]}")


def english_category(cell: str) -> str:
    try:
        return cells.category(cell)
    except Unreadable:
        known = PLURALS.get(" ".join(cell.casefold().split()))
        if known is None:
            raise
        return known


SNIPE_IT = Dialect(
    name="Snipe-IT",
    kind="devices",
    marks=frozenset({"assettag"}),
    fields={
        "assettag": "code", "assetname": "name", "name": "name", "itemname": "name",
        "serial": "serial", "serialnumber": "serial", "model": "model", "modelname": "model",
        "category": "category", "manufacturer": "maker", "location": "room",
        "supplier": "supplier", "purchasedate": "purchased", "purchased": "purchased",
        "warranty": "warranty_months", "warrantymonths": "warranty_months",
        "warranty(months)": "warranty_months", "warrantyexpires": "warranty_until",
        "notes": "remarks", "assetnotes": "remarks", "ipaddress": "ip_address",
    },
    readers={
        "purchased": spelled_day, "warranty_until": spelled_day, "category": english_category,
    },
    fills={"name": "model", "asset_number": "code"},
)  # fmt: skip
"""Both of its exports (the list of assets, the custom report) and the files that it imports."""

ALL = (SNIPE_IT,)


def of(headings: frozenset[str]) -> Dialect | None:
    """The dialect that folded headings show."""
    return next((dialect for dialect in ALL if dialect.marks <= headings), None)
