"""The calendar of rounds: its month, its feed, its days off, meetings, and upkeep by records."""

from typing import Any

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import addresses, calendar, clients, clock, commands, plans, rounds
from roundtag.commands import Verb
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("agenda", __name__)
DAYS = "/rounds/calendar/days"
FEED = "/rounds/calendar/feed"


def _args(*names: str) -> list[str]:
    return [request.args.get(name, "") for name in names]


@blueprint.get("/rounds/calendar")
def month() -> Response:
    """One month of one client; ?month=2026-12&engineer=&site=&client= choose."""
    now = clock.now()
    asked, engineer, site, client = _args("month", "engineer", "site", "client")
    wish = plans.read_wish(asked, engineer, site, client, clock.local_day(now))
    return pages.show("agenda/month.html", nav="rounds", years=calendar.span(),
                      month=plans.month(wish, door.actor(), now),
                      today=clock.local_day(now))  # fmt: skip


@blueprint.get("/rounds/calendar/feed")
def feed_page() -> Response:
    return _feed_page(None)


def _feed_page(path: str | None) -> Response:
    """`path` of a feed made just now: it is shown once, since only its hash is kept."""
    address = addresses.base_url().rstrip("/") + path if path else None
    return pages.show("agenda/feed.html", nav="rounds", address=address, path=FEED,
                      standing=plans.standing(door.actor(), clock.now()),
                      fresh=forms.fresh_id)  # fmt: skip


@blueprint.post("/rounds/calendar/feed")
def renew_feed() -> Response:
    actor = door.actor()
    receipt = commands.run(forms.posted_id(), plans.renew_feed, plans.RenewFeed(), actor)
    if receipt.repeated:  # a second tap of the same form: the address stood in the first answer
        return forms.done(receipt)
    return _feed_page(plans.granted(actor, clock.now()))


@blueprint.post("/rounds/calendar/feed/revocation")
def revoke_feed() -> Response:
    actor = door.actor()
    return forms.done(commands.run(forms.posted_id(), plans.revoke_feed, plans.RevokeFeed(), actor))


@blueprint.get("/calendar/<secret>.ics")
def feed(secret: str) -> Response:
    """The feed itself, for calendar programs: they have no account and keep no cookie."""
    english = pages.language() == "en"
    body = plans.feed(secret, clock.now(), addresses.base_url(), english)
    answer = make_response(body)
    answer.mimetype = "text/calendar"
    answer.headers["Content-Disposition"] = 'inline; filename="roundtag.ics"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.get("/rounds/calendar/days")
def days() -> Response:
    return _days(Typed())


def _days(form: Typed) -> Response:
    actor = door.actor()
    wanted = Fields([("client", request.values.get("client", ""))]).whole("client")
    known, client = clients.choose(actor, wanted)
    return pages.show(
        "agenda/days.html", nav="rounds", form=form, clients=known, client=client, path=DAYS,
        rows=calendar.exception_rows(actor, client.id) if client else [],
        names=calendar.holiday_names, years=calendar.span(),
        may=client is not None and actor.may("except_day", client.id),
        submission_id=forms.page_id(), fresh=forms.fresh_id,
    )  # fmt: skip


@blueprint.post("/rounds/calendar/days")
def except_day() -> Response:
    try:
        order = plans.read_exception(forms.fields())
        receipt = commands.run(forms.posted_id(), calendar.except_day, order, door.actor())
    except Invalid as refused:
        return _days(forms.typed(refused))
    return forms.done(receipt, f"{DAYS}?client={order.client_id}")


@blueprint.post("/rounds/calendar/days/<int:exception_id>/removal")
def remove_day(exception_id: int) -> Response:
    order = calendar.RemoveException(exception_id)
    receipt = commands.run(forms.posted_id(), calendar.remove_exception, order, door.actor())
    return forms.done(receipt, DAYS)


@blueprint.get("/rounds/meetings")
def meetings() -> Response:
    return _meetings(Typed({"room": request.args.get("room", "")[:10]}))


def _meetings(form: Typed) -> Response:
    actor, now = door.actor(), clock.now()
    known, client = clients.of_rooms(actor, "plan_meeting", pages.asked_key("client"),
                                     form.data.get("room", ""))  # fmt: skip
    return pages.show(
        "agenda/meetings.html", nav="rounds", form=form, path="/rounds/meetings",
        meetings=rounds.meetings(actor, now - rounds.SHOWN_AFTER), today=clock.local_day(now),
        choices=plans.meeting_choices(actor, now, client), now=now, clients=known, client=client,
        may=lambda client: actor.may("cancel_meeting", client),
        submission_id=forms.page_id(), fresh=forms.fresh_id,
    )  # fmt: skip


@blueprint.post("/rounds/meetings")
def plan_meeting() -> Response:
    try:
        order = plans.read_meeting(forms.fields(), clock.DEFAULT_ZONE)
        receipt = commands.run(forms.posted_id(), rounds.plan_meeting, order, door.actor())
    except Invalid as refused:
        return _meetings(forms.typed(refused))
    return forms.done(receipt)


@blueprint.post("/rounds/meetings/<int:meeting_id>/cancellation")
def cancel_meeting(meeting_id: int) -> Response:
    return _do(rounds.cancel_meeting, rounds.CancelMeeting(meeting_id))


def _do(verb: Verb, command: Any) -> Response:
    return forms.done(commands.run(forms.posted_id(), verb, command, door.actor()))


@blueprint.get("/upkeep")
def upkeep() -> Response:
    """Every device of a client with what its plans ask for, the overdue first."""
    client, condition, unit = (request.args.get(name) for name in ("client", "show", "unit"))
    wanted = Fields([("client", client or "")]).whole("client")
    condition = condition if condition in plans.CONDITIONS else None
    found = plans.upkeep(door.actor(), wanted, clock.now(), condition, unit)
    return pages.show("agenda/upkeep.html", nav="rounds", upkeep=found, shown=condition, unit=unit)
