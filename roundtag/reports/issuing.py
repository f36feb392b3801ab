"""The report of a round leaves the house: numbered, frozen with its data, mailed to the client."""

from dataclasses import dataclass
from datetime import datetime

from roundtag import clock
from roundtag.acceptance import rules
from roundtag.access import Actor, require
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import IssuedDocument, ReportRemark, Round
from roundtag.reports import filing
from roundtag.reports.filing import About, Filed, Series
from roundtag.words import N_

KIND = "inspection-report"
PREFIXES = {"quarterly": "YH", "half_yearly": "JC"}
"""养护, 检测; every other round is 巡检."""
NOT_YET = N_("A report is issued when the client has accepted the round.")


@dataclass(frozen=True)
class IssueReport:
    round_id: int
    filed: Filed


def issue_report(command: IssueReport, deed: Deed) -> Outcome:
    """Files the document with its files. Raises NumberTaken when the number is not the next."""
    tour = rules.tour_of(command.round_id)
    deed.require(tour.client_id)
    if tour.stage != "accepted":
        raise invalid("round", "stage", NOT_YET)
    about = About(tour.client_id, rules.SUBJECT, tour.id, KIND, tour.contract_id)
    row = filing.file(deed, about, _series(tour, deed.received_at), command.filed)
    return Outcome(N_("The report %(number)s is issued."), f"/reports/{row.id}",
                   values={"number": row.number}, subject_id=row.id)  # fmt: skip


def require_issuable(round_id: int, actor: Actor) -> Round:
    """Raises Forbidden, and Invalid before the client has accepted."""
    tour = rules.tour_of(round_id)
    require(actor, "issue_report", tour.client_id)
    if tour.stage != "accepted":
        raise invalid("round", "stage", NOT_YET)
    return tour


def next_number(tour: Round, now: datetime) -> str:
    """The number that the next document of this kind and month will bear, if none comes first."""
    return _series(tour, now).next()


def _series(tour: Round, now: datetime) -> Series:
    prefix = PREFIXES.get(tour.occasion, "XJ")
    month = f"{clock.local(now, tour.contract.zone):%Y%m}"
    return Series(f"document-{tour.client_id}-{prefix}-{month}",
                  f"{prefix}-{tour.client.code}-{month}", 2)  # fmt: skip


def latest_of(round_id: int) -> IssuedDocument | None:
    """The newest document of a round: the one that a new one would replace."""
    return filing.latest(rules.SUBJECT, round_id, KIND)


@dataclass(frozen=True)
class Remark:
    round_id: int
    zh: str | None
    en: str | None


def read_remark(form: Fields, round_id: int) -> Remark:
    command = Remark(round_id, form.text("zh"), form.text("en"))
    form.done()
    return command


def remark_on_report(command: Remark, deed: Deed) -> Outcome:
    """What a person adds to the report. An issued one stays as it is; the next one bears it."""
    if Round.get_or_none(Round.id == command.round_id) is None:
        raise NotFound
    tour = rules.tour_of(command.round_id)
    deed.require(tour.client_id)
    values = {"zh": command.zh, "en": command.en, "person": deed.person_id,
              "at": deed.received_at}  # fmt: skip
    known = ReportRemark.get_or_none(ReportRemark.round == tour.id)
    if known:
        deed.change(known, **values)
    else:
        known = deed.create(ReportRemark, client=tour.client_id, round=tour.id, **values)
    return Outcome(N_("The remarks are kept."), f"/rounds/{tour.id}/report", subject_id=known.id)
