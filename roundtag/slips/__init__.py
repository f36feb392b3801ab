"""Slips: the signed sheets by which things move between stores, bags, devices and clients.

`kinds` is the table of what there is; `orders` reads a form, `routes` and `finding` judge it,
`filing`, `using` and `reversing` write; `pages` and `lists` are what people read.
"""

from roundtag.slips.filing import file_slip
from roundtag.slips.kinds import KINDS, PLACES, REVERSE, WORDS
from roundtag.slips.lists import SlipList, Wish, csv_file, read_wish, slips
from roundtag.slips.offers import Bag, Sheet, bag, sheet
from roundtag.slips.orders import FileSlip, read
from roundtag.slips.pages import SlipPage, page, signature_of
from roundtag.slips.reversing import ReverseSlip, reverse_slip
from roundtag.slips.reversing import read as read_reversal
from roundtag.slips.using import (
    FORM,
    VERSIONS,
    PartLine,
    UsePart,
    holding,
    parts_for,
    use_out_of,
    use_part,
)

__all__ = [
    "FORM",
    "KINDS",
    "PLACES",
    "REVERSE",
    "VERSIONS",
    "WORDS",
    "Bag",
    "FileSlip",
    "PartLine",
    "ReverseSlip",
    "Sheet",
    "SlipList",
    "SlipPage",
    "UsePart",
    "Wish",
    "bag",
    "csv_file",
    "file_slip",
    "holding",
    "page",
    "parts_for",
    "read",
    "read_reversal",
    "read_wish",
    "reverse_slip",
    "sheet",
    "signature_of",
    "slips",
    "use_out_of",
    "use_part",
]  # fmt: skip
