"""What a person's phone holds for a day without network (see pages.py)."""

from roundtag.packs.due import Places
from roundtag.packs.pages import FIXED, LIMIT, Manifest, Page, manifest, numbers

__all__ = ["FIXED", "LIMIT", "Manifest", "Page", "Places", "manifest", "numbers"]
