"""Which articles fit a device or a fault, the best first. Pure: no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

MOST = 5
"""Articles that are shown beside other work; the list has them all."""


@dataclass(frozen=True)
class Card:
    """A published article in two lines. `first_…` is what it says to try first."""

    id: int
    key: str
    category: str
    model_id: int | None
    kind: str
    public: bool
    symptoms: tuple[str, ...]
    title_zh: str
    title_en: str
    first_zh: str
    first_en: str
    helped: int
    version: int = 0
    problem_id: int | None = None
    """Of the problem it was written from, for those who may see that."""


@dataclass(frozen=True)
class Wanted:
    """What help is sought for. `symptom` is empty where nothing is said of what is wrong,
    `category` where nobody knows yet which device it is."""

    category: str
    model_id: int | None = None
    symptom: str = ""
    problem_id: int | None = None


def score(card: Card, wanted: Wanted) -> int:
    """How well an article fits; 0 when it does not.

    The article of the very problem comes first, then one about the model, then one about the
    symptom, then one about the kind of device alone. One about another model, kind of device
    or symptom is none.
    """
    if card.problem_id is not None and card.problem_id == wanted.problem_id:
        return 100
    if wanted.category and card.category not in ("", wanted.category):
        return 0
    if card.model_id is not None and card.model_id != wanted.model_id:
        return 0
    named = bool(wanted.symptom) and wanted.symptom in card.symptoms
    if wanted.symptom and card.symptoms and not named:
        return 0
    if not named and not (card.category and wanted.category):
        return 0  # fits everything alike: of no use without a symptom
    return 1 + 4 * bool(card.category) + 8 * named + 16 * (card.model_id is not None)


def rank(cards: Iterable[Card], wanted: Wanted, most: int = MOST) -> list[Card]:
    """The articles that fit, the best first; of equal ones known errors, then what helped more."""
    fitting = [(score(card, wanted), card) for card in cards]
    chosen = sorted(((points, card) for points, card in fitting if points), key=_order)
    return [card for _, card in chosen[:most]]


def by_symptom(cards: Iterable[Card], wanted: Wanted, most: int = MOST) -> list[Card]:
    """What helps once it is said what is wrong: for each symptom the best that fit it, each card
    once."""
    told = list(cards)
    named = dict.fromkeys(symptom for card in told for symptom in card.symptoms)
    best = [rank(told, replace(wanted, symptom=symptom), most) for symptom in named]
    chosen = {card.id: card for ranked in best for card in ranked if card.symptoms}
    return sorted(chosen.values(), key=lambda card: (-score(card, wanted), card.id))


def _order(one: tuple[int, Card]) -> tuple[int, bool, int, int]:
    points, card = one
    return -points, card.kind != "known_error", -card.helped, card.id


def covers(card: Card, category: str, symptom: str) -> bool:
    """Whether an article is about this symptom of this kind of device, on whatever model."""
    return symptom in card.symptoms and card.category in ("", category)
