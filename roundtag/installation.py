"""The first things that an installation holds, before anybody signs in."""

from roundtag import commands, data, ledger
from roundtag.access import SYSTEM
from roundtag.checklists import PublishChecklists, publish_checklists
from roundtag.db import write


def begin() -> None:
    """Opens the provider's log and publishes the shipped checklists; does each once."""
    with write():
        _open_log()
        order = PublishChecklists(tuple(data.checklist_rows()))
        if commands.find(CHECKLISTS) is None:
            commands.run(CHECKLISTS, publish_checklists, order, SYSTEM)


CHECKLISTS = "first-checklists"


def _open_log() -> None:
    try:
        ledger.log_of(None)
    except LookupError:
        ledger.open_log(None)
