"""What becomes of a label: replaced, lost and found again, revoked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from roundtag import clock, notify, people
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.models import Grant, Tag, TagEvent
from roundtag.tagging.events import hold, note
from roundtag.tagging.resolving import LIVE, _may_see
from roundtag.words import N_
from tags import codes

REASONS = ("damaged", "lost")
OFFICE = ("manager", "supervisor", "desk")
NOT_IN_USE = N_("This tag is not in use any more.")


@dataclass(frozen=True)
class ReplaceTag:
    code: str
    reason: str = "damaged"


def replace_tag(command: ReplaceTag, deed: Deed) -> Outcome:
    """Gives what a tag is on a fresh one; the old code leads on to it."""
    if command.reason not in REASONS:
        raise invalid("reason", "unknown", N_("Choose one of the list."))
    old = own(command.code, deed)
    hold(deed, old.device_id, old.room_id)
    fresh = codes.new()
    if not retire(deed, old.code, fresh, command.reason):
        return Outcome(NOT_IN_USE, f"/tags/{old.code}", state="conflict")
    tag = deed.create(Tag, code=fresh, state="bound", client=old.client_id, device=old.device_id,
                      room=old.room_id, made_at=deed.received_at)  # fmt: skip
    note(deed, tag, "issued", old=old.code, reason=command.reason)
    return Outcome(N_("The new tag is %(code)s. Print it; the old one leads on to it."),
                   f"/tags/{fresh}", values={"code": fresh}, subject_id=fresh)  # fmt: skip


def retire(deed: Deed, code: str, successor: str, reason: str) -> bool:
    """A live tag leads on to its successor from now on; False when it was not live any more."""
    live = (Tag.code == code) & Tag.state.in_(LIVE)
    for tag in deed.claim(Tag, live, state="replaced", replaced_by=successor):
        deed.create(TagEvent, tag=code, client=tag.client_id, kind="replaced",
                    person=deed.person_id, at=deed.received_at,
                    data={"new": successor, "reason": reason})  # fmt: skip
        return True
    return False


def own(code: str, deed: Deed) -> Tag:
    """A tag that the actor may do this deed to. Raises NotFound for codes out of view."""
    tag = Tag.get_or_none(Tag.code == codes.parse(code))
    if tag is None or not _may_see(deed.actor, tag.client_id):
        raise NotFound
    deed.require(tag.client_id)
    return tag


@dataclass(frozen=True)
class LoseTag:
    codes: tuple[str, ...]


def lose_tag(command: LoseTag, deed: Deed) -> Outcome:
    """Marks labels as lost: they lead on, and the office is told when one is scanned."""
    done = _each(command.codes, deed, ("bound",), "lost", "lost")
    return _told(command.codes, done, N_("Marked as lost: %(codes)s."),
                 N_("Only a label in use can be lost: %(others)s."))  # fmt: skip


@dataclass(frozen=True)
class RevokeTag:
    codes: tuple[str, ...]


def revoke_tag(command: RevokeTag, deed: Deed) -> Outcome:
    """Ends codes for good: who scans one learns that it is out of use and nothing else."""
    states = ("blank", "bound", "lost", "replaced")
    done = _each(command.codes, deed, states, "revoked", "revoked")
    return _told(command.codes, done, N_("Revoked: %(codes)s."),
                 N_("Revoked before: %(others)s."))  # fmt: skip


@dataclass(frozen=True)
class FindTag:
    code: str


def find_tag(command: FindTag, deed: Deed) -> Outcome:
    """A lost label is back in use."""
    done = _each((command.code,), deed, ("lost",), "bound", "found")
    return _told((command.code,), done, N_("Back in use: %(codes)s."),
                 N_("Not marked as lost any more: %(others)s."))  # fmt: skip


def _each(wanted: Collection[str], deed: Deed, states: tuple[str, ...], state: str,
          kind: str) -> list[Tag]:  # fmt: skip
    if not wanted:
        raise invalid("tag", "required", N_("Choose at least one tag."))
    done = []
    for tag in sorted({own(code, deed).code for code in wanted}):  # one order: no two deeds cross
        done += deed.claim(Tag, (Tag.code == tag) & Tag.state.in_(states), state=state)
    for row in done:
        note(deed, row, kind)
    return done


def _told(wanted: Collection[str], done: list[Tag], message: str, none: str) -> Outcome:
    """What was done and, where nothing was, why."""
    kept = {tag.code for tag in done}
    others = ", ".join(codes.show(code) for code in map(codes.parse, wanted)
                       if code and code not in kept)  # fmt: skip
    url = f"/tags/{codes.parse(next(iter(wanted)))}" if len(wanted) == 1 else "/tags"
    if not done:
        return Outcome(none, url, state="conflict", values={"others": others})
    if others:
        return Outcome(N_("Done: %(codes)s. Left as they were: %(others)s."), url,
                       values={"codes": _shown(kept), "others": others})  # fmt: skip
    return Outcome(message, url, values={"codes": _shown(kept)})


def _shown(kept: Collection[str]) -> str:
    names = [codes.show(code) for code in sorted(kept)]
    return ", ".join(names[:10]) + (f" … ({len(names)})" if len(names) > 10 else "")


@dataclass(frozen=True)
class SeeLostTag:
    code: str


def was_seen_today(code: str) -> bool:
    """Whether a lost label was noted as scanned within the last day: once a day is enough."""
    since = clock.to_text(clock.now() - timedelta(days=1))
    seen = (TagEvent.tag == code) & (TagEvent.kind == "seen") & (TagEvent.at > since)
    return bool(TagEvent.select().where(seen).exists())


def see_lost_tag(command: SeeLostTag, deed: Deed) -> Outcome:
    """Somebody, with an account or without, has scanned a lost label: the desk is told."""
    tag = Tag.get_or_none((Tag.code == codes.parse(command.code)) & (Tag.state == "lost"))
    if tag is None or not _may_see(deed.actor, tag.client_id):
        raise NotFound
    note(deed, tag, "seen")
    office = people.working_for([tag.client_id], deed.received_at).where(Grant.role.in_(OFFICE))
    for row in office.distinct():
        notify.tell(row.person_id, "lost-tag-seen", f"tag-seen-{deed.id}", deed.received_at,
                    url=f"/tags/{tag.code}", code=codes.show(tag.code))  # fmt: skip
    return Outcome(N_("The office is told."), f"/tags/{tag.code}", subject_id=tag.code)
