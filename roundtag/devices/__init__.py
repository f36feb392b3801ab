"""One device and lists of them: its page, its fields, and what happens in its life.

`page` is all that an engineer needs at a device; `lines` is what lists show; `edit`, `life` hold
the verbs.
"""

from roundtag.devices.age import Age
from roundtag.devices.edit import (
    EditDevice,
    RegisterDevice,
    edit_device,
    read_changes,
    read_new,
    register_device,
)
from roundtag.devices.forms import (
    Card,
    Leaving,
    Place,
    Suggestions,
    card,
    leaving,
    places,
    suggestions,
)
from roundtag.devices.life import (
    UNIT_TO,
    MoveDevice,
    PortrayDevice,
    ReinstateDevice,
    RetireDevice,
    TagDevice,
    move_device,
    portray_device,
    put_back,
    read_move,
    read_retirement,
    reinstate_device,
    retire_device,
    tag_device,
)
from roundtag.devices.lines import DeviceLine, lines
from roundtag.devices.page import DevicePage, history_after, page, tag_of

__all__ = [
    "UNIT_TO", "Age", "Card", "DeviceLine", "DevicePage", "EditDevice", "Leaving", "MoveDevice",
    "Place", "PortrayDevice", "RegisterDevice", "ReinstateDevice", "RetireDevice", "Suggestions",
    "TagDevice", "card", "edit_device", "history_after", "leaving", "lines", "move_device", "page",
    "places", "portray_device", "put_back", "read_changes", "read_move", "read_new",
    "read_retirement", "register_device", "reinstate_device", "retire_device", "suggestions",
    "tag_device", "tag_of",
]  # fmt: skip
