"""What was decided about an entry, in a sentence for whoever filed it."""

from flask_babel import gettext

from roundtag.words import N_

SENTENCES = {
    "leave": N_("The office left everything as it is. Your entry is kept."),
    "apply": N_("The office has put your swap through."),
    "accept": N_("The office has seen it. Your entry counts."),
    "check-again": N_("Please check this device again: the checklist has new items."),
    "same": N_("It is the same fault: your report stays linked to the first one."),
    "separate": N_("It is a fault of its own now."),
    "count": N_("Your entry counts for its round."),
    "extra": N_("Your entry is kept as an extra check."),
    "reinstate": N_("The device is in use again. Your entry counts."),
    "again": N_("Your entry is filed now."),
    "match": N_("The office has filed it at the right label."),
    "done": N_("The office has dealt with it."),
}


def sentence(decision: str, note: str | None) -> str:
    """The decision, and the office's own words where there are any."""
    return " ".join(filter(None, (gettext(SENTENCES[decision]), note)))
