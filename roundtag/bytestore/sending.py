"""What a store has not got yet: found, and brought to it from a folder."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from peewee import chunked

from roundtag.bytestore import Store
from roundtag.bytestore.folder import Folder

Blob = tuple[str, int]
AT_ONCE, HELD = 8, 400
"""Requests under way, and names in memory."""
THERE, LOST, CHANGED = "there", "lost", "changed"


def missing(store: Store, blobs: Iterable[Blob]) -> Iterator[str]:
    """Hashes of those that are not there as they should be. A list may lag behind what was stored:
    what it lacks is asked for by itself."""
    there = store.sizes()
    for digest, size in blobs:
        if there.get(digest) != size and not store.is_whole(digest):
            yield digest


def bring(store: Store, blobs: Iterable[Blob], source: Path) -> tuple[int, list[str]]:
    """Puts what is missing into the store from a folder; returns how many, and those that the
    folder has not got as their name says. Cut short and begun again it goes on."""
    sent, absent, folder = 0, [], Folder(source)
    for digest in missing(store, blobs):
        if folder.is_whole(digest):
            with folder.path(digest).open("rb") as file:
                store.send(digest, file)
            sent += 1
        else:
            absent.append(digest)
    return sent, absent


def release(store: Store, blobs: Iterable[Blob], source: Path) -> tuple[int, list[str]]:
    """Removes from a folder what the store has, each read back there first; returns how many, and
    those that stay because the store has not got them."""
    freed, kept, folder = 0, [], Folder(source)
    for digest, _ in blobs:
        if not folder.path(digest).exists():
            continue
        if store.is_whole(digest):
            folder.wipe(digest)
            freed += 1
        else:
            kept.append(digest)
    return freed, kept


def secure(store: Store, digests: Iterable[str], source: Path) -> Iterator[tuple[str, str]]:
    """Each one and what became of it: `there`, as it was read back from the store, sent before if
    need be; `lost`, neither there nor in the folder; `changed`, sent and yet not there as sent."""
    fate = partial(_secured, store, Folder(source))
    with ThreadPoolExecutor(AT_ONCE) as lines:
        for some in chunked(digests, HELD):
            yield from zip(some, lines.map(fate, some), strict=True)


def _secured(store: Store, folder: Folder, digest: str) -> str:
    if store.is_whole(digest):
        return THERE
    if not folder.is_whole(digest):
        return LOST
    with folder.path(digest).open("rb") as file:
        store.send(digest, file)
    return THERE if store.is_whole(digest) else CHANGED
