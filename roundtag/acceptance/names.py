"""What a round is called, in both languages."""

from roundtag.checklists import OCCASIONS
from roundtag.models import Round


def of_round(tour: Round) -> tuple[str, str]:
    """(Chinese, English): its own name, else its occasion's."""
    known = OCCASIONS.get(tour.occasion)
    zh, en = (known.zh, known.en) if known else ("巡检", "Round")
    own = tour.name or tour.name_en
    return (tour.name or tour.name_en, tour.name_en or tour.name) if own else (zh, en)
