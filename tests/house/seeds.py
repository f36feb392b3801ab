"""What chance a test takes: told, so that the same can be taken again."""

import os
import random


def seed() -> int:
    """ROUNDTAG_SEED=… draws the same as the run that printed it."""
    chosen = int(os.environ.get("ROUNDTAG_SEED") or random.randrange(1 << 32))
    print(f"ROUNDTAG_SEED={chosen}")
    return chosen
