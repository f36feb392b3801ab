"""`make bench`: figures as ratios against plain counterparts, measured in turn in the same run.

Nothing here is asserted: a machine's mood is no fault of the code.
"""

import os
import tempfile
from pathlib import Path

from roundtag.db import database
from tests.bench import figures, growth, imports, measure, offline

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        for name in ("DATABASE_URL", "REDIS_URL", "BASE_URL"):
            os.environ.pop(name, None)
        here = Path(folder)
        found = figures.all_of(here)
        with database.connection_context():
            found += imports.all_of(here)
        found += offline.all_of(here)
        measure.show([*found, *growth.all_of(here, *growth.sizes())])
