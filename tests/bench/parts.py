"""The parts of `make bench` by name, each in a folder of its own, and what makes each one tiny."""

from types import ModuleType

from tests.bench import (
    board,
    checks,
    clocks,
    drain,
    figures,
    growth,
    imports,
    mixed,
    offline,
    planned,
    reports,
    start,
    stock,
    swapping,
    watched,
)
from tests.bench.bed import Part, on_demo, on_rows

PARTS: dict[str, Part] = {
    "device-page": on_demo(figures.device_and_scan),
    "checklist": on_demo(figures.checklist),
    "board": on_demo(figures.full_board),
    "queued": on_rows(figures.sent_later),
    "labels": on_rows(figures.labels),
    "swap": on_rows(swapping.all_of),
    "import": on_rows(imports.all_of),
    "report": on_rows(reports.all_of),
    "planned": on_rows(planned.all_of),
    "clocks": lambda _: clocks.all_of(),
    "phone": offline.all_of,
    "watched": watched.all_of,
    "growth": lambda folder: growth.all_of(folder, growth.sizes(), results=growth.KEPT, worst=25),
    "stock": lambda folder: stock.all_of(folder, *stock.sizes()),
    "mixed": mixed.all_of,
    "start": start.all_of,
}

TINY: dict[ModuleType, dict[str, object]] = {
    board: {"FAULTS": 120},
    checks: {"ENTRIES": 2},
    figures: {"SUBMISSIONS": 10, "LABELS": 30},
    swapping: {"SWAPS": 2},
    imports: {"DEVICES": 200, "ROUNDS": 1},
    reports: {"DEVICES": 20, "ITEMS": 2, "PHOTOS": 2, "ROUNDS": 1},
    planned: {"DEVICES": 400, "TIMES": 1},
    clocks: {"FAULTS": 100, "ROUNDS": 1},
    drain: {"ITEMS": 10},
    watched: {"FEW": 200, "MANY": 400, "OPEN": 200, "DUE": 5},
    growth: {"sizes": lambda: [60, 120], "TURNS": 1, "ROUNDS": 1},
    stock: {"sizes": lambda: (1_000, 10_000)},
    mixed: {"BUDGET": 6.0, "MOST": 2},
    start: {"ROUNDS": 1},
}
"""Shows that a part still runs; its figures mean nothing."""
