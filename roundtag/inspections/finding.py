"""What an entry means for the problems of its place: new ones, known ones, settled ones."""

from collections.abc import Iterable
from dataclasses import dataclass

from roundtag import attachments, faults, findings
from roundtag.checklists import Version
from roundtag.commands import Deed, Photo
from roundtag.faults.filing import Standing
from roundtag.findings import Finding
from roundtag.inspections.forms import GONE, STILL, Inspect, Outside
from roundtag.inspections.judging import Judged, Verdict
from roundtag.models import Fault, Inspection, Room
from roundtag.tagging import Target


@dataclass(frozen=True)
class Kept:
    """How many problems an entry opened a fault for, saw again, or noted without a fault."""

    opened: int = 0
    again: int = 0
    noted: int = 0

    @property
    def count(self) -> int:
        return self.opened or self.again or self.noted


@dataclass(frozen=True)
class _Case:
    deed: Deed
    place: Target
    entry: Inspection
    command: Inspect


def keep(deed: Deed, place: Target, entry: Inspection, version: Version, verdict: Verdict,
         command: Inspect) -> Kept:  # fmt: skip
    """Opens, sees again and settles the findings of the entry's place."""
    case = _Case(deed, place, entry, command)
    spot = findings.Place(entry.client_id, entry.room_id, entry.device_id)
    here = findings.open_at(spot)
    if not (here or verdict.failed or command.outside):
        return Kept()  # a healthy place, as most are: nothing to wait for
    findings.in_turn(entry.client_id)
    here = findings.open_at(spot)
    known = {one.item: one for one in here if one.item}
    _settle_passed(case, known, verdict)
    again = [known[a.item.key] for a in verdict.failed if a.item.key in known]
    fresh = [answer for answer in verdict.failed if answer.item.key not in known]
    told = [one for one in here if not one.item]
    seen = findings.seen_again(deed, [*again, *_answered(case, told, STILL)])
    findings.settle(deed, _answered(case, told, GONE), "passed", entry=entry)
    opened = len(fresh)
    if fresh:
        _open_items(case, fresh)
    outside = [_outside(case, one) for one in command.outside]
    return Kept(opened + sum(outside), seen, outside.count(False))


def _answered(case: _Case, told: Iterable[Finding], answer: str) -> list[Finding]:
    return [one for one in told if case.command.told.get(one.id) == answer]


def _settle_passed(case: _Case, known: dict[str, Finding], verdict: Verdict) -> None:
    good = {a.item.key for a in verdict.answers if a.verdict in ("pass", "fixed")}
    passed = [one for key, one in known.items() if key in good]
    findings.settle(case.deed, passed, "passed", entry=case.entry)


def _open_items(case: _Case, failed: list[Judged]) -> None:
    fields = {f"photo.{answer.item.key}" for answer in failed}
    fault = _open_fault(case, "\n".join(answer.said for answer in failed), fields)
    category = case.place.device.category if case.place.device else "room"
    for answer in failed:
        measured = answer.item.kind == "reading" and category in findings.BY_MEASUREMENT
        findings.keep(case.deed, case.entry, _without_name(answer), item=answer.item.key,
                      fault=fault, measured=measured)  # fmt: skip


def _without_name(answer: Judged) -> str:
    return " ".join(filter(None, (answer.item.found(answer.value), answer.note)))


def _outside(case: _Case, one: Outside) -> bool:
    """Keeps what no item asks about; True when a fault was opened for it."""
    fault = _open_fault(case, one.words, {one.photo}) if one.fault else None
    made = findings.keep(case.deed, case.entry, one.words, fault=fault)
    attachments.attach(case.deed, made, _photos(case, {one.photo}))
    return fault is not None


def _photos(case: _Case, fields: set[str]) -> list[Photo]:
    return [photo for photo in case.command.photos if photo.field in fields]


def _open_fault(case: _Case, words: str, fields: set[str]) -> Fault:
    return faults.open_fault(
        case.deed, Room.get_by_id(case.place.room_id), case.place.device, faults.FROM_CHECKLIST,
        "inspection", inspection=case.entry, description=words, photos=_photos(case, fields),
        admit=_of_its_own,
    )  # fmt: skip


def _of_its_own(standing: Standing) -> Standing:
    """Findings tell what is known already, so what is not is a fault of its own. One of before
    findings were kept tells nothing: it may be the same."""
    known = standing.twin is not None and findings.has_any(standing.twin)
    return Standing() if known else standing
