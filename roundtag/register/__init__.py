"""The register of rooms, devices and spares, as it comes in files.

`preview` reads CSV files and tells what they would change and what is wrong with them; `submit`
writes all of them or nothing. Reading (table, cells, columns, sheets) and deciding (plan) touch no
database; known reads it; rooms, devices, units and spares write it.
"""

from roundtag.register.plan import Counts
from roundtag.register.problems import Problem, Refused
from roundtag.register.verbs import (
    Import,
    Preview,
    Report,
    import_register,
    import_spares,
    preview,
    submit,
)

__all__ = [
    "Counts",
    "Import",
    "Preview",
    "Problem",
    "Refused",
    "Report",
    "import_register",
    "import_spares",
    "preview",
    "submit",
]
