"""The desk's board; what is done there goes to the fault's own addresses."""

import hashlib
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from flask import Blueprint, request
from flask_babel import format_date, get_timezone, gettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from roundtag import board, clock
from roundtag.fields import Fields

blueprint = Blueprint("board", __name__)


@blueprint.get("/board")
def show() -> Response:
    """The list; ?seen= what the page holds already: 204 when nothing has changed since."""
    actor, now = door.actor(), clock.now()
    wish = board.read_wish(Fields(request.args.items()))
    told = f"{board.stamp(now)}|{wish.query()}|{sorted(actor.roles)}"
    seen = hashlib.sha256(told.encode()).hexdigest()[:16]
    if pages.is_fragment() and request.args.get("seen") == seen:
        return Response(status=204)
    shown: dict[str, Any] = {"board": board.board(wish, actor, now), "seen": seen, "say": Spoken(),
                             "fresh": forms.fresh_id, "reasons": board.REASONS}  # fmt: skip
    if pages.is_fragment():
        return pages.fragment("board/_lines.html", **shown)
    return pages.show("board/show.html", nav="board", states=board.STATES, **shown)


class Spoken:
    """The words of many lines: each sentence is looked up once for a page, each day told once."""

    def __init__(self) -> None:
        self.symptom = cache(pages.symptom_name)
        self._day = cache(self._told_day)
        self._zone = get_timezone()
        self._minutes = gettext("%(minutes)s min")
        self._hours = gettext("%(hours)s h %(minutes)s min")
        self._days = gettext("%(days)s d %(hours)s h")
        self._late, self._left = gettext("%(span)s overdue"), gettext("%(span)s left")

    def span(self, delta: timedelta) -> str:
        """How long, to the minute, without its sign."""
        minutes = int(abs(delta.total_seconds()) // 60)
        days, hours = divmod(minutes // 60, 24)
        if days:
            return self._days % {"days": days, "hours": hours}
        if hours:
            return self._hours % {"hours": hours, "minutes": minutes % 60}
        return self._minutes % {"minutes": minutes}

    def due(self, due: board.Due) -> str:
        return (self._late if due.late else self._left) % {"span": self.span(due.left)}

    def moment(self, at: datetime) -> Markup:
        local = at.astimezone(self._zone)
        day, hour, minute = self._day(local.date()), local.hour, local.minute
        return Markup(  # noqa: S704 - a time and a day, nothing that anybody typed
            f'<time datetime="{at.isoformat()}">{day} {hour:02}:{minute:02}</time>'
        )

    @staticmethod
    def _told_day(day: date) -> str:
        return str(format_date(day, gettext("d MMM")))
