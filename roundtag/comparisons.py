"""A re-check beside the work that it checks: item by item, with the rate of agreement."""

from dataclasses import dataclass
from typing import Any

from roundtag.access import Actor, visible
from roundtag.checklists.versions import version_of
from roundtag.errors import NotFound
from roundtag.items import Item
from roundtag.models import Answer, Checklist, ChecklistVersion, Inspection, Recheck, Round, dicts
from roundtag.rounds.route import Filed, Stop, stops_of, with_entries

JUDGED = frozenset({"pass", "fail", "fixed"})


@dataclass(frozen=True)
class Pair:
    """One item, first and second; `agree` None where one of both judged nothing.

    What was fixed on the spot the first time should be found in order the second time.
    """

    item: Item | None
    key: str
    first: tuple[str, str]
    second: tuple[str, str]
    agree: bool | None


@dataclass(frozen=True)
class Compared:
    """A stop with who checked it first and second; `second` None while that is still to do."""

    stop: Stop
    first: Filed | None
    second: Filed | None
    pairs: list[Pair]

    @property
    def differing(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.agree is False]


@dataclass(frozen=True)
class Comparison:
    """`rate` in percent of the judged items that agree; None before any is judged."""

    source: int
    recheck: int
    percent: int
    seed: str
    drawn_from: int
    lines: list[Compared]
    judged: int
    agreed: int

    @property
    def rate(self) -> float | None:
        return round(100 * self.agreed / self.judged, 1) if self.judged else None


def of_round(round_id: int, actor: Actor) -> Comparison:
    """The comparison of a re-check with its source. Raises NotFound. Fifteen queries."""
    query = Recheck.select(Recheck, Round).join(Round, on=(Recheck.round == Round.id))
    found = visible(actor, query.where(Recheck.round == round_id), Recheck.client).first()
    if found is None:
        raise NotFound
    again = with_entries(round_id, stops_of(round_id, None))
    before = with_entries(found.source_id, stops_of(found.source_id, None))
    first = {_place(stop): stop.entries[0] for stop in before if stop.entries}
    both = [(stop, first.get(_place(stop)), next(iter(stop.entries), None)) for stop in again]
    answers = _answers([e.id for _, one, two in both for e in (one, two) if e])
    items = _items(answers)
    lines = [Compared(s, one, two, _pairs(answers, items, one, two)) for s, one, two in both]
    judged = [pair for line in lines for pair in line.pairs if pair.agree is not None]
    return Comparison(
        found.source_id, round_id, found.percent, found.round.seed or "",
        found.round.drawn_from or 0, lines, len(judged), sum(1 for p in judged if p.agree),
    )  # fmt: skip


def _place(stop: Stop) -> tuple[int | None, int]:
    return (stop.device_id, 0) if stop.device_id else (None, stop.room_id)


Answers = dict[int, dict[str, dict[str, Any]]]


def _answers(entries: list[int]) -> Answers:
    """Entry → item → its answer, in the order of filling; one query."""
    rows = dicts(
        Answer.select(
            Answer.inspection, Answer.item, Answer.value, Answer.verdict, Inspection.version
        )
        .join(Inspection).where(Answer.inspection.in_(entries)).order_by(Answer.id)
    ) if entries else []  # fmt: skip
    found: Answers = {}
    for row in rows:
        found.setdefault(row["inspection"], {})[row["item"]] = row
    return found


def _items(answers: Answers) -> dict[tuple[int, str], Item]:
    """Items by version and key; one query."""
    used = {row["version"] for entry in answers.values() for row in entry.values()}
    rows = (
        ChecklistVersion.select(ChecklistVersion, Checklist).join(Checklist)
        .where(ChecklistVersion.id.in_(sorted(used)))
    )  # fmt: skip
    return {(row.id, item.key): item for row in rows for item in version_of(row).items}


def _pairs(answers: Answers, items: dict[tuple[int, str], Item], one: Filed | None,
           two: Filed | None) -> list[Pair]:  # fmt: skip
    """The items that both entries asked; those of one checklist alone cannot be compared."""
    if one is None or two is None:
        return []
    first, second = answers.get(one.id, {}), answers.get(two.id, {})
    return [
        _pair(key, items.get((row["version"], key)), row, second[key])
        for key, row in first.items() if key in second
    ]  # fmt: skip


def _pair(key: str, item: Item | None, one: dict[str, Any], two: dict[str, Any]) -> Pair:
    verdicts = one["verdict"], two["verdict"]
    judged = JUDGED.issuperset(verdicts)
    agree = (verdicts[0] == "fail") == (verdicts[1] == "fail") if judged else None
    return Pair(item, key, (one["value"] or "", verdicts[0]), (two["value"] or "", verdicts[1]),
                agree)  # fmt: skip
