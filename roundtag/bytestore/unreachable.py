"""What is said when the store of photos does not answer."""

from roundtag.errors import RoundtagError
from roundtag.words import N_


class Unreachable(RoundtagError):
    """Nothing was stored; the phone keeps the photo and tries again."""

    code, status = "photos-away", 503
    message = N_("The store of photos cannot be reached just now. What you sent stays with you and "
                 "can be sent again; tell the administrator if this lasts.")  # fmt: skip
