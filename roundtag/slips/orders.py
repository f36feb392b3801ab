"""What a slip's form asks for, read and judged by itself."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from roundtag import days, fields, signatures
from roundtag.errors import NotFound
from roundtag.fields import Fields
from roundtag.slips.kinds import KINDS, LESS, MORE, WAY
from roundtag.words import N_

MOST_SERIALS, MOST_PIECES, MOST_ROWS = 200, 100_000, 60
LONGEST_SERIAL = 80
SN = re.compile(r"^s\s*(?:/\s*)?n\s*[:：]\s*", re.IGNORECASE)
"""What our own labels and many makers print before a serial number."""


@dataclass(frozen=True)
class FileSlip:
    """`person_id` draws or gives back; `device`: the code of the device or of its label; `pieces`:
    (counted model, how many); `model_id`, `warranty_until`: of units that are new here; `fault`:
    the number of the fault that it is for."""

    kind: str
    store_id: int
    other_store_id: int | None = None
    person_id: int | None = None
    client_id: int | None = None
    device: str = ""
    way: str = ""
    unit_ids: tuple[int, ...] = ()
    serials: tuple[str, ...] = ()
    model_id: int | None = None
    warranty_until: date | None = None
    shelf: str = ""
    pieces: tuple[tuple[int, int], ...] = ()
    signer: str | None = None
    signature: str | None = None
    note: str | None = None
    fault: str = ""


def read(form: Fields) -> FileSlip:
    kind = form.raw("kind")
    known = KINDS.get(kind)
    if known is None:
        raise NotFound
    if form.whole("store") is None:
        form.refuse("store", "required", N_("Choose a store."))
    command = FileSlip(
        kind,
        form.whole("store") or 0,
        form.whole("other_store"),
        form.whole("person"),
        form.whole("client"),
        form.text("device", limit=80) or "",
        _way(form) if known.partner == WAY else "",
        tuple(dict.fromkeys(_keys(form))),
        _serials(form),
        form.whole("model"),
        days.read(form, "warranty_until"),
        form.text("shelf", limit=40) or "",
        _pieces(form),
        form.text("signer", limit=80, required=SIGN if known.signs else ""),
        None,
        form.text("note", required=N_("Say why.") if known.reason else ""),
        (form.text("fault", limit=40) or "") if known.fault else "",
    )
    if not (command.unit_ids or command.serials or command.pieces or form.errors):
        form.refuse("serials", "empty", N_("Scan or enter at least one thing."))
    drawn = signatures.read(form) if known.signs else None
    form.done()
    return FileSlip(**{**vars(command), "signature": drawn})


SIGN = N_("Who takes or gives the things signs with their name.")


def _way(form: Fields) -> str:
    told = N_("Say whether it is missing or found.")
    return form.choice("way", (LESS, MORE), required=told) or ""


def _keys(form: Fields) -> list[int]:
    return [int(text) for text in form.many("unit") if re.fullmatch(r"[0-9]{1,9}", text)]


def _serials(form: Fields) -> tuple[str, ...]:
    """One per line. A serial number may hold blanks and commas."""
    text = form.raw("serials")
    found = [serial for line in text.splitlines() if (serial := SN.sub("", line.strip()))]
    if len(found) > MOST_SERIALS:
        form.refuse("serials", "many", N_("At most %(limit)s serial numbers on one slip."),
                    limit=MOST_SERIALS)  # fmt: skip
    twice = [serial for serial, times in Counter(found).items() if times > 1]
    if twice:
        form.refuse("serials", "twice", N_("Twice on the list: %(serials)s"),
                    serials=", ".join(twice[:20]))  # fmt: skip
    if any(len(serial) > LONGEST_SERIAL for serial in found):
        form.refuse("serials", "long", N_("At most %(limit)s characters."), limit=LONGEST_SERIAL)
    return tuple(found)


def _pieces(form: Fields) -> tuple[tuple[int, int], ...]:
    """Rows of part and quantity, as many as the page had; the same part twice adds up."""
    parts: Counter[int] = Counter()
    for row, name in enumerate(n for n in form.values if re.fullmatch(r"part\.[0-9]{1,3}", n)):
        number = name.partition(".")[2]
        model, count = form.whole(name), form.raw(f"quantity.{number}")
        if row >= MOST_ROWS or (model is None and not count):
            continue
        pieces = quantity(form, f"quantity.{number}")
        if model is None:
            form.refuse(name, "required", N_("Choose the part."))
        elif pieces:
            parts[model] += pieces
    return tuple(parts.items())


def quantity(form: Fields, name: str) -> int:
    """A whole number of pieces from 1, in whatever digits; 0 when it was refused."""
    plain = fields.plain_number(form.raw(name)) or ""
    if not plain.isdecimal() or not 1 <= int(plain) <= MOST_PIECES:
        form.refuse(name, "range", N_("Give a whole number from 1 to %(high)s."), high=MOST_PIECES)
        return 0
    return int(plain)
