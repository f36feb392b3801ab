"""The register of rooms, devices and spares, as it comes in files.

`preview` reads CSV files and workbooks and tells what they would change and what is wrong with
them; `submit` writes all of them or nothing; `export` is the way back. Reading (table, workbook,
cells, columns, choices, dialects, sheets) and deciding (plan) touch no database; known reads it;
rooms, devices, units and spares write it. batches, previews and pages are the web's way in steps.
"""

from roundtag.register import batches, export, pages
from roundtag.register.choices import ANY, LEFT_OUT, Choice, folded
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
    "ANY",
    "LEFT_OUT",
    "Choice",
    "Counts",
    "Import",
    "Preview",
    "Problem",
    "Refused",
    "Report",
    "batches",
    "export",
    "folded",
    "import_register",
    "import_spares",
    "pages",
    "preview",
    "submit",
]
