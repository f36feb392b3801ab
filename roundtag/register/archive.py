"""Whether the bytes of a workbook may be opened at all: no macros, no bombs, no passwords."""

import io
import zipfile
from pathlib import Path

from roundtag.register.table import BadFile
from roundtag.words import N_

MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
MAX_PARTS = 2_000
SMALL = 1_000_000
"""Parts up to this size may be packed as tightly as they like."""
MAX_TREE = 5_000_000
"""Unpacked bytes of a part that is held in memory as a whole: styles, relations, names."""
PLAIN = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
zipfile.ZipExtFile.MAX_N = 1 << 20
"""A part is unpacked in pieces and no further than it says: what it says may be a lie."""
OLE = b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ODS = b"application/vnd.oasis.opendocument"


def check(file: str, data: bytes) -> None:
    """Raises BadFile for anything but a plain .xlsx workbook of a sensible size."""
    if data.startswith(OLE):
        raise _old(file, data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _check_parts(file, packed.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as broken:
        raise damaged(file) from broken


def damaged(file: str) -> BadFile:
    message = N_("This workbook is damaged. Open it, save it again as .xlsx, and send that.")
    return BadFile(file, 0, "damaged", message)


def _old(file: str, data: bytes) -> BadFile:
    if ENCRYPTED in data:
        message = N_("This workbook has a password. Save it without one.")
        return BadFile(file, 0, "encrypted", message)
    message = N_("This is an old workbook (.xls). Save it as .xlsx or as CSV.")
    return BadFile(file, 0, "workbook", message)


def _check_parts(file: str, parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        message = N_("This workbook has a password. Save it without one.")
        raise BadFile(file, 0, "encrypted", message)
    if any(part.compress_type not in PLAIN for part in parts):
        raise damaged(file)
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        message = N_("This is no workbook that can be read. Save it as .xlsx or as CSV.")
        raise BadFile(file, 0, "workbook", message)
    if any(name.lower().endswith(("vbaproject.bin", "macros.bin")) for name in names):
        message = N_("This workbook holds macros (.xlsm). Save it as .xlsx, without macros.")
        raise BadFile(file, 0, "macros", message)
    if len(parts) > MAX_PARTS or _is_bomb(parts):
        limit = f"{MAX_UNPACKED // 1_000_000} MB"
        message = N_("Unpacked, this workbook is far too large (at most %(limit)s). "
                     "Copy the rows into a new one.")  # fmt: skip
        raise BadFile(file, 0, "too-large", message, limit=limit)


def _is_bomb(parts: list[zipfile.ZipInfo]) -> bool:
    return sum(part.file_size for part in parts) > MAX_UNPACKED or any(
        part.file_size > MAX_TREE if _is_tree(part.filename) else _is_tight(part) for part in parts
    )


def _is_tight(part: zipfile.ZipInfo) -> bool:
    return part.file_size > SMALL and part.file_size > MAX_RATIO * max(1, part.compress_size)


def _is_tree(name: str) -> bool:
    return not name.startswith(("xl/worksheets/", "xl/media/")) and name != "xl/sharedStrings.xml"


def unpacked_sheets(path: Path) -> int:
    """Bytes of all sheets of a workbook and their texts once unpacked; 0 for what is none."""
    try:
        with zipfile.ZipFile(path) as packed:
            sheets = [part for part in packed.infolist() if not _is_tree(part.filename)]
            return sum(part.file_size for part in sheets)
    except (zipfile.BadZipFile, ValueError, OSError):
        return 0
