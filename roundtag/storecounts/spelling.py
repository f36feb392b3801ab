"""How serial numbers and shelves are spelled, so that the same thing is one thing."""

import re
import unicodedata

from roundtag.words import N_

SERIAL = re.compile(r"^S/?N[:：]", re.IGNORECASE)
SHELF = "SHELF:"
LONGEST_SERIAL = 80
LONGEST_SHELF = 40
GAP = re.compile(r"[\n\t,;，；、]+")
DEVICE_LABEL = re.compile(r"://|/t/", re.IGNORECASE)
A_DEVICES = N_("%(typed)s is the label of a device. Scan the serial number of the unit.")


def plain(text: str) -> str:
    """What a label or a person wrote, without gaps and with ASCII in place of full-width signs."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def serial_of(text: str) -> str:
    """A serial number as it was read, without the SN: that our own labels put before it."""
    return SERIAL.sub("", plain(text))


def serial_key(text: str) -> str:
    """Equal for all spellings of one serial number."""
    return serial_of(text).upper()


def shelf_of(text: str) -> str:
    """A shelf as people read it: one gap between its words."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def shelf_key(text: str) -> str:
    return "".join(shelf_of(text).split()).casefold()


def shelf_label(text: str) -> tuple[str, str] | None:
    """Store code and shelf of a shelf's label, or None when it is none."""
    said = shelf_of(text)
    if not said.upper().startswith(SHELF):
        return None
    store, _, shelf = said[len(SHELF) :].partition("/")
    return store.strip(), shelf.strip()


def split(text: str) -> list[str]:
    """Entries of a text field: one a line, or between commas; a serial number may have gaps."""
    return [part.strip() for part in GAP.split(text) if part.strip()]
