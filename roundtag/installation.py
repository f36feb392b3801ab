"""What an installation holds before anybody signs in, and what a new release adds to it."""

import hashlib
import json

from roundtag import commands, data, ledger
from roundtag.access import SYSTEM
from roundtag.checklists import PublishChecklists, publish_checklists
from roundtag.db import write
from roundtag.knowledge import shipped


def begin() -> None:
    """Opens the provider's log and publishes what is shipped: checklists, articles; each once."""
    with write():
        _open_log()
        renew()
        load_articles()


def load_articles() -> None:
    """Publishes the shipped articles, once for each release that says something new."""
    if commands.find(shipped.release()) is None:
        articles = shipped.LoadArticles(shipped.rows())
        commands.run(shipped.release(), shipped.load_articles, articles, SYSTEM)


def renew() -> None:
    """Publishes the shipped checklists as this release has them, once per state of them.

    A checklist that the provider's people have made their own stays theirs (ADR 20).
    """
    rows = data.checklist_rows()
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True)
    name = f"checklists-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    if commands.find(name) is None:
        commands.run(name, publish_checklists, PublishChecklists(rows), SYSTEM)


def _open_log() -> None:
    try:
        ledger.log_of(None)
    except LookupError:
        ledger.open_log(None)
