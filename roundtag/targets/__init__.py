"""What contracts aim at beside what was reached: set here, told per round and per month."""

from roundtag.targets.quality import PAGE, Month, Quality, contract_of, quality
from roundtag.targets.setting import (
    CODES,
    Figure,
    SetTargets,
    of_contracts,
    of_round,
    read,
    set_targets,
    share,
)

__all__ = [
    "CODES", "PAGE", "Figure", "Month", "Quality", "SetTargets", "contract_of", "of_contracts",
    "of_round", "quality", "read", "set_targets", "share",
]  # fmt: skip
