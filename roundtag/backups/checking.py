"""Whether a backup is whole: every part and every photo against its hash, before anything else.

Of photos in a bucket a few are read: they are many, and far.
"""

import random

from roundtag import bytestore
from roundtag.backups import manifest as manifests
from roundtag.backups.manifest import NoBackup
from roundtag.backups.store import Found
from roundtag.bytestore.folder import is_whole

FIRST = 5
SAMPLE = 20


def problems(found: Found) -> list[str]:
    """What is wrong with a backup's bytes; an empty list when all is well."""
    wrong = [
        f"{name} is missing or altered" for name in found.manifest.parts if not _part(found, name)
    ]
    if wrong:
        return wrong
    listed = found.blobs()
    if len(listed) != found.manifest.blobs:
        wrong.append(f"{found.manifest.blobs} photos are promised, {len(listed)} are listed")
    if found.manifest.elsewhere:
        return wrong + _in_bucket(found, [digest for digest, _ in listed])
    return wrong + [
        f"photo {digest} is missing or altered"
        for digest, _ in listed
        if not is_whole(found.blob(digest), digest)
    ]


def _in_bucket(found: Found, listed: list[str]) -> list[str]:
    """What is not there any more may have been erased since; the backup itself says what was
    missing when it was made, and a restore what is missing now."""
    kept = bytestore.of_settings()
    if kept.elsewhere != found.manifest.elsewhere:
        return [f"its photos are in {found.manifest.elsewhere}: BLOB_URL must name that"]
    there = kept.sizes()
    present = [digest for digest in listed if digest in there]
    read = random.SystemRandom().sample(present, min(SAMPLE, len(present)))
    return [f"photo {digest} is altered" for digest in read if not kept.is_whole(digest)]


def _part(found: Found, name: str) -> bool:
    path = found.folder / name
    return path.is_file() and manifests.part_of(path) == found.manifest.parts[name]


def require_whole(found: Found) -> None:
    """Raises NoBackup with what is wrong."""
    if wrong := problems(found):
        more = f" … and {len(wrong) - FIRST} more" if len(wrong) > FIRST else ""
        raise NoBackup(f"{found.folder} is damaged: {'; '.join(wrong[:FIRST])}{more}.")
