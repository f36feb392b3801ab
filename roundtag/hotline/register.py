"""The register of calls: a client's month, how many got through, and the same as a file."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from peewee import JOIN, fn

from roundtag import clients, clock
from roundtag.access import CALL_READERS, STAFF, Actor
from roundtag.fields import Fields
from roundtag.hotline.words import ABOUT, ANSWERED, CHANNELS, MISSED, PHONE, TARGET
from roundtag.models import (
    Client,
    Contract,
    Fault,
    FaultContact,
    HotlineCall,
    Person,
    Room,
    dicts,
    tuples,
)
from roundtag.register import neutral
from roundtag.words import N_

PAGE = 100
Say = Callable[[str], str]


@dataclass(frozen=True)
class Wish:
    """`month` is its first day."""

    month: date
    client: int | None = None
    channel: str = ""
    answered: str = ""
    about: str = ""
    number: int = 1

    def query(self, **changes: Any) -> str:
        wish = replace(self, **{"number": 1, **changes})
        pairs = {
            "month": f"{wish.month:%Y-%m}", "client": wish.client, "channel": wish.channel,
            "answered": wish.answered, "about": wish.about,
            "page": wish.number if wish.number > 1 else "",
        }  # fmt: skip
        return urlencode({name: value for name, value in pairs.items() if value})

    def beside(self, months: int) -> date:
        total = self.month.year * 12 + self.month.month - 1 + months
        return date(total // 12, total % 12 + 1, 1)


def month_of(day: date) -> date:
    return day.replace(day=1)


def read_wish(form: Fields, today: date) -> Wish:
    """A wish as an address tells it; what cannot be understood is left out."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", form.raw("month"))
    month = date(int(found[1]), int(found[2]), 1) if found else month_of(today)
    client, number = form.raw("client"), form.raw("page")

    def one_of(name: str, allowed: Iterable[str]) -> str:
        return form.raw(name) if form.raw(name) in set(allowed) else ""

    return Wish(month, int(client) if _is_key(client) else None, one_of("channel", CHANNELS),
                one_of("answered", ANSWERED), one_of("about", ABOUT),
                max(int(number), 1) if _is_key(number) else 1)  # fmt: skip


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


@dataclass(frozen=True)
class CallLine:
    """`who` is empty for readers who are no staff; `erased`: it was there once."""

    id: int
    at: datetime
    channel: str
    answered: str
    about: str
    room: str | None
    fault_id: int | None
    number: str | None
    symptom: str | None
    who: str
    erased: bool
    note: str | None
    taken_by: str | None


@dataclass(frozen=True)
class Register:
    """`counts`: calls of the month by channel and how they were answered; `rate`: percent of the
    phone calls that somebody answered, the backup contact included, none without a call."""

    wish: Wish
    client: Client | None
    clients: list[Client]
    lines: list[CallLine]
    total: int
    more: bool
    counts: dict[str, dict[str, int]]
    rate: float | None
    target: float
    number: str
    backup: str

    @property
    def calls(self) -> int:
        return sum(sum(row.values()) for row in self.counts.values())


def register(wish: Wish, actor: Actor, page: int | None = PAGE) -> Register:
    """A client's month; `page`: how many lines at once, none for all of them."""
    known, client = clients.choose(actor.within(CALL_READERS), wish.client)
    if client is None:
        return Register(wish, None, [], [], 0, False, {}, None, TARGET, "", "")
    wish = replace(wish, client=client.id if len(known) > 1 else None)
    within = _within(wish, client.id)
    query = HotlineCall.select().where(*within, *_chosen(wish))
    total = int(query.count())
    staff = actor.system or bool(actor.roles_at(client.id) & STAFF)
    rows = _rows(query, wish.number, page)
    counts = _counts(within)
    last = wish.beside(1)
    contract = clients.contract_at(client.id, min(last, clock.local_day(clock.now())))
    terms = contract.terms if contract else {}
    return Register(
        wish, client, known, [_line(row, staff) for row in rows], total,
        page is not None and total > wish.number * page, counts, rate_of(counts.get(PHONE, {})),
        _target(contract), terms.get("hotline") or "", terms.get("hotline_backup") or "",
    )  # fmt: skip


def _within(wish: Wish, client_id: int) -> list[Any]:
    zone = ZoneInfo(clock.DEFAULT_ZONE)
    first, last = (
        clock.to_text(datetime(day.year, day.month, 1, tzinfo=zone))
        for day in (wish.month, wish.beside(1))
    )
    return [HotlineCall.client == client_id, HotlineCall.at >= first, HotlineCall.at < last]


def _chosen(wish: Wish) -> list[Any]:
    pairs = ((HotlineCall.channel, wish.channel), (HotlineCall.answered, wish.answered),
             (HotlineCall.about, wish.about))  # fmt: skip
    return [column == value for column, value in pairs if value]


def _rows(query: Any, number: int, page: int | None) -> list[dict[str, Any]]:
    picked = query.select(
        HotlineCall, Room.name.alias("room_name"), Fault.number.alias("fault_number"),
        Fault.symptom, FaultContact.contact, FaultContact.erased_at.alias("contact_erased"),
        fn.COALESCE(Person.name, Person.username).alias("person_name"),
    )  # fmt: skip
    for model, on in ((Room, HotlineCall.room == Room.id), (Fault, HotlineCall.fault == Fault.id),
                      (FaultContact, FaultContact.fault == HotlineCall.fault),
                      (Person, HotlineCall.taken_by == Person.id)):  # fmt: skip
        picked = picked.join_from(HotlineCall, model, JOIN.LEFT_OUTER, on=on)
    picked = picked.order_by(HotlineCall.at.desc(), HotlineCall.id.desc())
    return dicts(picked.paginate(number, page) if page else picked)


def _line(row: dict[str, Any], staff: bool) -> CallLine:
    who = row["contact"] or " ".join(filter(None, (row["caller"], row["phone"])))
    return CallLine(
        row["id"], row["at"], row["channel"], row["answered"], row["about"], row["room_name"],
        row["fault"], row["fault_number"], row["symptom"], who if staff else "",
        bool(row["erased_at"] or row["contact_erased"]), row["note"], row["person_name"],
    )  # fmt: skip


def _counts(within: list[Any]) -> dict[str, dict[str, int]]:
    query = HotlineCall.select(HotlineCall.channel, HotlineCall.answered, fn.COUNT(HotlineCall.id))
    grouped = query.where(*within).group_by(HotlineCall.channel, HotlineCall.answered)
    found: dict[str, dict[str, int]] = {}
    for channel, answered, count in tuples(grouped):
        found.setdefault(channel, {})[answered] = int(count)
    return found


def rate_of(counts: dict[str, int]) -> float | None:
    """Percent of the calls that somebody took, to a tenth."""
    calls = sum(counts.values())
    return round(100 * (calls - counts.get(MISSED, 0)) / calls, 1) if calls else None


def _target(contract: Contract | None) -> float:
    agreed = (contract.terms.get("targets") or {}).get("connection") if contract else None
    return float(agreed) if agreed is not None else TARGET


def csv_file(found: Register, say: Say, symptom: Say) -> bytes:
    """All calls of the month without who called: the file leaves the place where that is erased."""
    heading = (N_("Time"), N_("Channel"), N_("Connection"), N_("About"), N_("Room"), N_("Fault"),
               N_("What"), N_("Taken by"))  # fmt: skip
    rows = [tuple(say(word) for word in heading)]
    for line in found.lines:
        cells = (
            f"{clock.local(line.at):%Y-%m-%d %H:%M}", say(CHANNELS[line.channel]),
            say(ANSWERED[line.answered]), say(ABOUT[line.about]), line.room or "",
            line.number or "", symptom(line.symptom) if line.symptom else "", line.taken_by or "",
        )  # fmt: skip
        rows.append(cells)
    return neutral.csv_file(rows)
