"""A task that no process imports is never done: the scheduler and the worker know all of them."""

import re
import subprocess
import sys
from pathlib import Path

import roundtag
from roundtag import blobs

SOURCE = Path(roundtag.__file__).parent
MARK = re.compile(r'^@(?:jobs\.)?(?:every\([\d_]+, |register\()"([\w.]+)"', re.M)
ASK = """
from roundtag import jobs
from roundtag.worker import import_library
import_library()
print(*jobs.standing, *jobs._handlers)
"""


def test_what_is_marked_as_a_task_is_known_to_whoever_does_it() -> None:
    marked = {name for path in SOURCE.rglob("*.py") for name in MARK.findall(path.read_text())}
    marked.add(blobs.WIPE)  # named by a word of its own
    assert {"faults.tick", "faults.loaners", "jobs.sweep", "send_mail"} <= marked
    asked = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert set(asked.stdout.split()) == marked
