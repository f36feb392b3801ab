"""The page that sets a second factor up, for people who are in and for who must before they are."""

from typing import Any

from flask import request
from markupsafe import Markup
from werkzeug.wrappers import Response

from blueprints import forms, pages
from blueprints.forms import Typed
from roundtag import commands
from roundtag.access import Actor
from roundtag.accounts import second, totp
from tags import qr

ISSUER = "Roundtag"


def page(person: Any, action: str, chrome: str, form: Typed) -> Response:
    """The code to scan; after a mistake the same one, so that the app need not learn it twice."""
    sealed = form.data.get("sealed", "")
    secret = second.offered(person.id, sealed)
    if secret is None:
        sealed = second.offer(person.id)
        secret = second.offered(person.id, sealed) or ""
    address = totp.address(secret, person.username, ISSUER)
    return pages.show(
        "account/enrol.html", chrome=chrome, nav="more", form=form, action=action, sealed=sealed,
        picture=Markup(qr.svg(address)),  # noqa: S704 - drawn by us, one path of numbers
        address=address, key=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        submission_id=forms.page_id(),
    )  # fmt: skip


def enrol(actor: Actor) -> tuple[commands.Receipt, tuple[str, ...]]:
    """Sets the factor up from the posted form; the codes are to be shown this once."""
    codes = second.new_codes()
    order = second.EnrolSecondFactor(
        second.offered(actor.person_id or 0, request.form.get("sealed", "")),
        "".join(request.form.get("code", "").split()), codes,
    )  # fmt: skip
    key = forms.posted_id()
    return commands.run(key, second.enrol_second_factor, order, actor), codes
