"""What a tag's label says, by what it is on."""

from roundtag.tagging import TagLine
from tags import qr
from tags.sheet import Kind, Label


def of_tag(line: TagLine, base: str, design: str) -> Label:
    kind: Kind = KINDS.get(line.kind) or ("small" if design == "small" else "device")
    return Label(line.code, qr.address(base, line.code), line.name, line.subtitle, kind=kind)


KINDS: dict[str, Kind] = {"room": "room", "blank": "blank"}
"""Tags with a design of their own; a device's has several."""
