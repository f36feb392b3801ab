"""Rounds: which stops are to be checked by when, and how far a round has come."""

from roundtag.rounds.beside import Beside, beside
from roundtag.rounds.commissioning import SetCommissioning, commission, set_commissioning
from roundtag.rounds.ensuring import (
    MonthlyPlan,
    OpenPlanned,
    ensure,
    keep_rounds_open,
    may_walk,
    open_planned,
    plan_monthly,
    timing,
)
from roundtag.rounds.joining import join_rounds
from roundtag.rounds.lateness import keep_telling, tell_all
from roundtag.rounds.listing import RoundList, RoundWish, listing, read_wish
from roundtag.rounds.meetings import (
    SHOWN_AFTER,
    CancelMeeting,
    PlanMeeting,
    cancel_meeting,
    meetings,
    plan_meeting,
)
from roundtag.rounds.observing import OpenObservation, observe, open_observation
from roundtag.rounds.opening import CloseRound, OpenRound, close_round, due_day, open_round
from roundtag.rounds.pages import Progress, RoundCard, cards
from roundtag.rounds.progress import RoundPage, next_stops, page
from roundtag.rounds.rechecks import DrawRecheck, draw_recheck
from roundtag.rounds.route import Stop
from roundtag.rounds.sharing import ShareRound, share_round
from roundtag.rounds.stops import (
    Due,
    Marked,
    awaited,
    credit,
    devices_assigned,
    dues_of,
    hold,
    mark_done,
    rooms_assigned,
    waited_for,
    walked_by,
)
from roundtag.rounds.today import todays

__all__ = [
    "SHOWN_AFTER", "Beside", "CancelMeeting", "CloseRound", "DrawRecheck", "Due", "Marked",
    "MonthlyPlan", "OpenObservation", "OpenPlanned", "OpenRound", "PlanMeeting", "Progress",
    "RoundCard", "RoundList", "RoundPage", "RoundWish", "SetCommissioning", "ShareRound",
    "Stop", "awaited", "beside", "cancel_meeting", "cards", "close_round", "commission",
    "credit", "devices_assigned", "draw_recheck", "due_day", "dues_of", "ensure", "hold",
    "join_rounds", "keep_rounds_open", "keep_telling", "listing", "mark_done", "may_walk",
    "meetings", "next_stops", "observe", "open_observation", "open_planned", "open_round", "page",
    "plan_meeting", "plan_monthly", "read_wish", "rooms_assigned", "set_commissioning",
    "share_round", "tell_all", "timing", "todays", "waited_for", "walked_by",
]  # fmt: skip
