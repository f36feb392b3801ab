"""What a verb may refuse, in codes and fields; doors (HTTP, sync, CLI) put them into words once."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from roundtag.words import N_


@dataclass(frozen=True)
class FieldError:
    """One bad field: its name as in the form, a code for machines, a message id with values."""

    field: str
    code: str
    message: str
    values: dict[str, Any] = dataclasses.field(default_factory=dict)


class RoundtagError(Exception):
    """Base of all refusals. `code` is stable; `message` is an English message id."""

    code = "error"
    status = 400
    message = N_("This could not be done.")

    def __init__(self, message: str | None = None, **values: Any) -> None:
        self.message = message or self.message
        self.values = values
        super().__init__(self.message % values if values else self.message)


class Invalid(RoundtagError):
    """Bad input: nothing was written and no submission id was used up."""

    code = "invalid"
    status = 422
    message = N_("Some fields need attention.")

    def __init__(self, *errors: FieldError) -> None:
        super().__init__()
        self.errors = errors


class NotFound(RoundtagError):
    code = "not-found"
    status = 404
    message = N_("There is nothing at this address.")


class Gone(RoundtagError):
    code = "gone"
    status = 410
    message = N_("This tag is no longer in use.")


class Forbidden(RoundtagError):
    code = "forbidden"
    status = 403
    message = N_("Your role does not allow this.")


class OtherBody(RoundtagError):
    """The same submission id came again with other content; both are kept."""

    code = "other-body"
    status = 409
    message = N_("This submission was received before with other content. Both are kept.")

    def __init__(self, stored_sha256: str) -> None:
        super().__init__()
        self.stored_sha256 = stored_sha256


class TooLarge(RoundtagError):
    code = "too-large"
    status = 413
    message = N_("This is larger than %(limit)s.")


class BadImage(RoundtagError):
    code = "bad-image"
    status = 415
    message = N_("This file is not a photo that can be read. Send JPEG, PNG, WebP or HEIC.")


def invalid(field_name: str, code: str, message: str, **values: Any) -> Invalid:
    return Invalid(FieldError(field_name, code, message, values))
