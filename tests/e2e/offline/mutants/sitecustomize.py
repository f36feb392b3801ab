"""Python reads this at its start when this folder is in PYTHONPATH: a server with one fault in it.

ROUNDTAG_MUTANT names the fault. Tests of the tests alone start such a server.
"""

import os
from typing import Any

from roundtag import commands, sync
from roundtag.db import write

first_time = commands._first_time


class Undone(Exception):
    pass


def acknowledge_before_commit(verb: Any, command: Any, actor: Any, envelope: Any) -> Any:
    """The receipt goes out, the commit never comes, as if the plug were pulled in between."""
    if not envelope.seq:
        return first_time(verb, command, actor, envelope)
    try:
        with write():
            receipt = first_time(verb, command, actor, envelope)
            raise Undone
    except Undone:
        return receipt


def ignore_the_owner(envelope: Any, actor: Any) -> Any:
    return actor


MUTANTS = {
    "ack": lambda: setattr(commands, "_first_time", acknowledge_before_commit),
    "owner": lambda: setattr(sync, "_doer", ignore_the_owner),
}
MUTANTS.get(os.environ.get("ROUNDTAG_MUTANT", ""), lambda: None)()
