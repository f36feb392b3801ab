"""The provider's people and their rights."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import access, addresses, commands, links
from roundtag.accounts import grants, roll, second, staff
from roundtag.errors import Invalid

blueprint = Blueprint("staff", __name__)


@blueprint.get("/people")
def index() -> Response:
    """Who has an account; ?q= part of a name, ?state=all with the disabled ones, ?from=
    passes over so many."""
    wanted = request.args.get("q", "")[:80]
    state = "all" if request.args.get("state") == "all" else "active"
    skip = pages.asked_key("from") or 0
    lines = roll.people_list(door.actor(), wanted, state, skip)
    more = skip + roll.PAGE if len(lines) > roll.PAGE else None
    maker = _may("require_second_factor")
    return pages.show("staff/list.html", nav="more", lines=lines[: roll.PAGE], q=wanted,
                      state=state, more=more, rule_maker=maker)  # fmt: skip


def _may(deed: str) -> bool:
    return door.actor().may(deed)


@blueprint.get("/people/new")
def new() -> Response:
    access.require(door.actor(), "invite_person")
    return _new_page(Typed())


def _new_page(form: Typed) -> Response:
    return pages.show("staff/new.html", nav="more", form=form, scopes=grants.scopes(),
                      roles=_roles(), submission_id=forms.page_id())  # fmt: skip


def _roles() -> tuple[str, ...]:
    """What this reader may give: nobody but an administrator makes one."""
    admin = "admin" in door.actor().roles_at(None)
    return tuple(role for role in access.ROLES if admin or role != "admin")


@blueprint.post("/people/new")
def invite() -> Response:
    """The one page that shows the link; sent twice, it tells that it was shown."""
    access.require(door.actor(), "invite_person")
    secret = links.new_secret()
    try:
        receipt = forms.run(staff.invite_person, staff.read_person(forms.fields(), secret))
    except Invalid as refused:
        return _new_page(forms.typed(refused))
    return _handed_out(int(receipt.subject_id or 0), receipt, secret)


def _handed_out(person_id: int, receipt: commands.Receipt, secret: str) -> Response:
    if receipt.repeated or receipt.outcome != "done":
        return forms.done(receipt)
    return _page(person_id, Typed(), f"{addresses.base_url()}/welcome/{secret}")


@blueprint.get("/people/<int:person_id>")
def show(person_id: int) -> Response:
    return _page(person_id, Typed())


def _page(person_id: int, form: Typed, link: str = "") -> Response:
    found = roll.person_page(person_id, door.actor())
    return pages.show(
        "staff/show.html", nav="more", path=f"/people/{person_id}", found=found, form=form,
        link=link, scopes=grants.scopes(), roles=_roles(), fresh=forms.fresh_id,
        resets=_may("reset_second_factor"), erases=_may("erase_person"),
        me_id=door.actor().person_id,
    )  # fmt: skip


def _do(person_id: int, verb: Any, order: Any) -> Response:
    try:
        return forms.done(forms.run(verb, order))
    except Invalid as refused:
        return _page(person_id, forms.typed(refused))


@blueprint.post("/people/<int:person_id>")
def edit(person_id: int) -> Response:
    roll.person_page(person_id, door.actor())
    try:
        order = staff.EditPerson(person_id, staff.read_details(forms.fields()))
    except Invalid as refused:
        return _page(person_id, forms.typed(refused))
    return _do(person_id, staff.edit_person, order)


@blueprint.post("/people/<int:person_id>/grants")
def add_grant(person_id: int) -> Response:
    roll.person_page(person_id, door.actor())
    try:
        order = grants.AddGrant(person_id, grants.read_grant(forms.fields()))
    except Invalid as refused:
        return _page(person_id, forms.typed(refused))
    return _do(person_id, grants.add_grant, order)


@blueprint.post("/people/<int:person_id>/grants/<int:grant_id>/end")
def end_grant(person_id: int, grant_id: int) -> Response:
    return _do(person_id, grants.end_grant, grants.EndGrant(person_id, grant_id))


@blueprint.post("/people/<int:person_id>/disable")
def disable(person_id: int) -> Response:
    return _do(person_id, staff.disable_person, staff.OfPerson(person_id))


@blueprint.post("/people/<int:person_id>/enable")
def enable(person_id: int) -> Response:
    return _do(person_id, staff.enable_person, staff.OfPerson(person_id))


@blueprint.post("/people/<int:person_id>/link")
def link(person_id: int) -> Response:
    secret = links.new_secret()
    receipt = forms.run(staff.offer_link, staff.OfferLink(person_id, secret))
    return _handed_out(person_id, receipt, secret)


@blueprint.post("/people/<int:person_id>/second-factor/reset")
def reset_second(person_id: int) -> Response:
    return _do(person_id, staff.reset_second_factor, staff.OfPerson(person_id))


@blueprint.post("/people/<int:person_id>/single-sign-on/end")
def unlink(person_id: int) -> Response:
    return _do(person_id, staff.unlink_sso, staff.OfPerson(person_id))


@blueprint.get("/people/second-factor")
def rule() -> Response:
    access.require(door.actor(), "require_second_factor")
    return pages.show("staff/rule.html", nav="more", roles=access.ROLES,
                      chosen=second.required_roles(), submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/people/second-factor")
def set_rule() -> Response:
    order = second.RequireSecondFactor(tuple(sorted(set(request.form.getlist("role")))))
    return forms.done(forms.run(second.require_second_factor, order))
