"""Tags: what a scanned code leads to, and everything that happens to a code in its life.

States: blank (printed, on nothing yet), bound, lost (still leads on; the office is told when it is
scanned), replaced (leads on to its successor), revoked (gone for good). Codes are never reissued.
"""

from roundtag.tagging.blanks import ClaimTag, MakeBlanks, claim_tag, make_blanks
from roundtag.tagging.book import STATES, Filter, batch, batches, lines, page
from roundtag.tagging.claiming import choices, last_room, name_of
from roundtag.tagging.compare import Verdict, compare, room_labels
from roundtag.tagging.life import (
    REASONS,
    FindTag,
    LoseTag,
    ReplaceTag,
    RevokeTag,
    SeeLostTag,
    find_tag,
    lose_tag,
    replace_tag,
    revoke_tag,
    see_lost_tag,
    was_seen_today,
)
from roundtag.tagging.resolving import (
    LIVE,
    OFFERED,
    BlankTag,
    TagLine,
    Target,
    bind,
    bind_all,
    bound,
    codes_of_devices,
    codes_of_rooms,
    device_by_tag,
    printable,
    resolve,
    to_print,
)

__all__ = [
    "LIVE",
    "OFFERED",
    "REASONS",
    "STATES",
    "BlankTag",
    "ClaimTag",
    "Filter",
    "FindTag",
    "LoseTag",
    "MakeBlanks",
    "ReplaceTag",
    "RevokeTag",
    "SeeLostTag",
    "TagLine",
    "Target",
    "Verdict",
    "batch",
    "batches",
    "bind",
    "bind_all",
    "bound",
    "choices",
    "claim_tag",
    "codes_of_devices",
    "codes_of_rooms",
    "compare",
    "device_by_tag",
    "find_tag",
    "last_room",
    "lines",
    "lose_tag",
    "make_blanks",
    "name_of",
    "page",
    "printable",
    "replace_tag",
    "resolve",
    "revoke_tag",
    "room_labels",
    "see_lost_tag",
    "to_print",
    "was_seen_today",
]  # fmt: skip
