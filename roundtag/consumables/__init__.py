"""Consumables: what was used per month, kind and site, told by counters, swaps and slips."""

from roundtag.consumables.report import SPANS, DeviceUse, Line, Report, report
from roundtag.consumables.uses import Kind, Use, kind_of, kinds

__all__ = ["SPANS", "DeviceUse", "Kind", "Line", "Report", "Use", "kind_of", "kinds", "report"]
