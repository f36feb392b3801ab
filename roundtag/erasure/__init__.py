"""What says who somebody is can be taken out again, everywhere, and the history still proves itself
(docs/adr/0046-erased-and-still-proved.md)."""

from roundtag.erasure.persons import ErasePerson, erase_person
from roundtag.erasure.photos import ErasePhoto, erase_photo
from roundtag.erasure.records import EraseRecord, erase_record
from roundtag.erasure.replaying import replay
from roundtag.erasure.subjects import Subject, order_for, subject
from roundtag.erasure.sweeping import sweep

__all__ = [
    "ErasePerson", "ErasePhoto", "EraseRecord", "Subject", "erase_person", "erase_photo",
    "erase_record", "order_for", "replay", "subject", "sweep",
]  # fmt: skip
