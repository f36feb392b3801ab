"""A second record of every deed, written before the deed is acknowledged (docs/adr/0051)."""

from roundtag import db
from roundtag.journal.completing import complete
from roundtag.journal.files import Journal, of_settings
from roundtag.journal.lines import Line
from roundtag.journal.scrubbing import scrub
from roundtag.journal.witness import Recorder

__all__ = ["Journal", "Line", "complete", "of_settings", "scrub"]

db.be_seen_by(Recorder())
