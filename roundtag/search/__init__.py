"""Finds devices, rooms and articles by any part of what people know, on both databases alike.

The index (models.lists) is derived: `follow` keeps it in the transaction of every deed, `rebuild`
makes it anew (docs/adr/0014-portable-search-index.md).
"""

from roundtag.search.article_texts import condition as articles
from roundtag.search.index import ensure, follow, rebuild, refresh
from roundtag.search.query import Found, devices, rooms

__all__ = ["Found", "articles", "devices", "ensure", "follow", "rebuild", "refresh", "rooms"]
