"""A filled checklist against its version: answers with their verdicts, or what cannot be taken."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from roundtag import fields
from roundtag.checklists import Item, Version, asked
from roundtag.errors import FieldError
from roundtag.inspections import doubts
from roundtag.inspections.forms import GONE, STILL, Inspect
from roundtag.items import MEASURED
from roundtag.words import N_

WRONG_NUMBER = N_("Give a number in %(unit)s, for example 3.5.")
TENFOLD = N_(
    "Outside the limits as if the point were in the wrong place. Did you mean %(value)s? Correct "
    "it, or tick that it is right."
)
BACK = N_("It stood at %(last)s. Correct it, or say why it went back, e.g. a new lamp.")
NOTE = N_("Say what is wrong: a failed item needs a note.")
REMEDY = N_("Say what was done to put it right.")
STILL_BAD = N_("This is still outside the limits. Take the tick away if it was not put right.")
LEFT = N_("Say whether this problem is still there.")
PHOTO = N_("Take the photo: this item needs one.")


@dataclass(frozen=True)
class Judged:
    """An answer. `found`: what it was before it was put right on the spot."""

    item: Item
    value: str
    verdict: str
    note: str | None = None
    found: str | None = None

    @property
    def said(self) -> str:
        """The answer as a line of a fault's description: item, what was found, note."""
        found = self.item.found(self.value)
        return "：".join(filter(None, (self.item.zh, " ".join(filter(None, (found, self.note))))))


@dataclass(frozen=True)
class Verdict:
    """Pure result of judging a form: answers, or the fields that cannot be taken.

    `crossed`: counters that stand lower than the server knew, though not lower than the form did.
    """

    answers: list[Judged] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    crossed: list[Judged] = field(default_factory=list)

    @property
    def failed(self) -> list[Judged]:
        return [answer for answer in self.answers if answer.verdict == "fail"]

    @property
    def fixed(self) -> list[Judged]:
        return [answer for answer in self.answers if answer.verdict == "fixed"]

    @property
    def result(self) -> str:
        return "fail" if self.failed else "fixed" if self.fixed else "pass"


def judge(version: Version, command: Inspect, last: Mapping[str, str] | None = None) -> Verdict:
    """Judges every item that is asked by the version; decides nothing about storage. `last`: the
    counters as they stood, by item."""
    result, known = Verdict(), last or {}
    for item in asked(version.items, command.values):
        _Asked(item, command, known, result).judge()
    result.errors.extend(
        FieldError(f"finding.{key}", "required", LEFT)
        for key in sorted(command.asked)
        if command.told.get(key) not in (STILL, GONE)
    )
    return result


@dataclass(frozen=True)
class _Asked:
    """One item of a form while it is judged."""

    item: Item
    command: Inspect
    last: Mapping[str, str]
    result: Verdict

    @property
    def key(self) -> str:
        return self.item.key

    @property
    def note(self) -> str | None:
        return self.command.notes.get(self.key) or None

    def refuse(self, name: str, code: str, message: str, **values: str) -> None:
        self.result.errors.append(FieldError(f"{name}.{self.key}", code, message, values))

    def judge(self) -> None:
        value = self.command.values.get(self.key, "")
        if self.item.kind == "photo":
            return self._photo(value)
        problem = self.item.problem(value if not self._measures(value) else "0")
        if problem:
            return self.refuse("item", *problem)
        plain = self._plain(value)
        if plain is None:
            return self.refuse("item", "number", WRONG_NUMBER, unit=self.item.unit or "1")
        if not self._doubted(plain):
            self._take(plain)

    def _measures(self, value: str) -> bool:
        return self.item.kind in MEASURED and bool(value)

    def _plain(self, value: str) -> str | None:
        return fields.measure(value, self.item.unit) if self._measures(value) else value

    def _doubted(self, value: str) -> bool:
        """Whether the reading has to be asked about; older forms had no place for an answer."""
        if not self.command.today or not self._measures(value):
            return False
        meant = None if self.key in self.command.sure else doubts.meant(self.item, value)
        if meant is not None:
            self.refuse("sure", "tenfold", TENFOLD, value=f"{meant} {self.item.unit}".strip())
        back = self._unexplained(value)
        if back:
            self.refuse("back", "back", BACK, last=f"{back} {self.item.unit}".strip())
        return bool(meant or back)

    def _unexplained(self, value: str) -> str:
        """What a counter stood at, as far as the form knew, that went back without a reason."""
        seen = self.command.shown
        unsaid = not self.command.reasons.get(self.key)
        return seen[self.key] if unsaid and self._back(value, seen) else ""

    def _back(self, value: str, seen: Mapping[str, str]) -> bool:
        known = {k: n for k, v in seen.items() if (n := fields.plain_number(v)) is not None}
        return doubts.goes_back(self.item, value, known)

    def _take(self, value: str) -> None:
        verdict = self.item.judge(value) if value else "none"
        if verdict == "fixed" or (verdict == "fail" and self.key in self.command.fixed):
            return self._put_right(value)
        if verdict == "fail" and not self.note:
            self.refuse("note", "required", NOTE)
        self._add(value, verdict, self._reasoned())

    def _put_right(self, value: str) -> None:
        """Found bad and put right on the spot: what was done is owed, and of a reading the new one.
        A counter stays what it is; what was due by it was done."""
        if not self.note:
            self.refuse("note", "required", REMEDY)
        if self.item.kind != "reading":
            return self._add(value, "fixed", self.note)
        after = fields.measure(self.command.after.get(self.key, ""), self.item.unit)
        if after is None:
            return self.refuse("after", "number", WRONG_NUMBER, unit=self.item.unit or "1")
        if self.item.judge(after) != "pass":
            return self.refuse("after", "range", STILL_BAD)
        self._add(after, "fixed", self.note, value)

    def _reasoned(self) -> str | None:
        reason = self.command.reasons.get(self.key) if self.item.kind == "counter" else None
        return "；".join(filter(None, (self.note, reason))) or None

    def _add(self, value: str, verdict: str, note: str | None, found: str | None = None) -> None:
        answer = Judged(self.item, value, verdict, note, found)
        self.result.answers.append(answer)
        if self._measures(value) and self._back(value, self.last) and not note:
            self.result.crossed.append(answer)

    def _photo(self, value: str) -> None:
        name = f"photo.{self.key}"
        here = any(photo.field == name for photo in self.command.photos)
        if self.item.required and self.command.today and not here:
            self.refuse("photo", "required", PHOTO)
        self._add(value, "none", self.note)
