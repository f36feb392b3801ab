"""What people write into a document of a fault, section by section, until it is issued again."""

from dataclasses import dataclass

from roundtag import clock, fault_events
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.fault_papers.facts import fault_of
from roundtag.fault_papers.kinds import KINDS
from roundtag.fault_papers.shape import Written
from roundtag.fields import Fields
from roundtag.models import Fault, PaperText
from roundtag.words import N_

LONGEST = 4000
"""Characters of a section in each language."""
CHANGED = N_("Somebody changed these texts meanwhile. Nothing of yours was saved over them.")


@dataclass(frozen=True)
class WritePaper:
    """`seen`: as the form had shown it, so that nobody writes over what they have not read."""

    fault_id: int
    kind: str
    texts: tuple[Written, ...]
    seen: str


def url(fault_id: int, kind: str) -> str:
    return f"/faults/{fault_id}/papers/{kind}"


def read_texts(form: Fields, fault_id: int, kind: str) -> WritePaper:
    """Reads the form of a document; raises Invalid naming every bad field."""
    texts = tuple(
        Written(name, *(form.text(f"{name}_{lang}", limit=LONGEST) or "" for lang in ("zh", "en")))
        for name in KINDS[kind].written
    )
    form.done()
    return WritePaper(fault_id, kind, texts, form.raw("seen"))


def write_paper(command: WritePaper, deed: Deed) -> Outcome:
    """Keeps what was written. An issued document stays as it is; the next one bears it."""
    if command.kind not in KINDS:
        raise NotFound
    fault = fault_of(command.fault_id, deed.actor)
    deed.require(fault.client_id)
    if {one.section for one in command.texts} - set(KINDS[command.kind].written):
        raise invalid("section", "unknown", N_("Choose one of the list."))
    fault_events.hold(fault.id)  # writers come in turn
    rows = {row.section: row for row in rows_of(fault.id, command.kind)}
    if seen(list(rows.values())) != command.seen:
        return Outcome(CHANGED, url(fault.id, command.kind), "conflict", subject_id=fault.id)
    for one in command.texts:
        _keep(deed, fault, command.kind, one, rows.get(one.section))
    return Outcome(N_("The texts are kept."), url(fault.id, command.kind), subject_id=fault.id)


def _keep(deed: Deed, fault: Fault, kind: str, text: Written, row: PaperText | None) -> None:
    if text == Written(text.section, (row and row.zh) or "", (row and row.en) or ""):
        return
    values = {"zh": text.zh or None, "en": text.en or None, "person": deed.person_id,
              "at": deed.received_at}  # fmt: skip
    if row:
        deed.change(row, **values)
    else:
        deed.create(PaperText, client=fault.client_id, fault=fault, kind=kind,
                    section=text.section, **values)  # fmt: skip


def rows_of(fault_id: int, kind: str) -> list[PaperText]:
    mine = (PaperText.fault == fault_id) & (PaperText.kind == kind)
    return list(PaperText.select().where(mine).order_by(PaperText.section))


def seen(rows: list[PaperText]) -> str:
    """Names a state of the texts: when the latest of them was written."""
    return max((clock.to_text(row.at) for row in rows), default="")
