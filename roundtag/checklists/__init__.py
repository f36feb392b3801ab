"""Checklists: items per category and occasion, published in versions that never change.

People work on drafts; `latest` is what an engineer fills in.
"""

from roundtag.checklists.checking import Problem, lacking, problems
from roundtag.checklists.comparing import Comparison, compare
from roundtag.checklists.drafts import (
    DiscardChecklist,
    DraftChecklist,
    NameChecklist,
    Place,
    digest,
    discard_checklist,
    draft_checklist,
    name_checklist,
    place,
)
from roundtag.checklists.exchange import read_file, written
from roundtag.checklists.item_verbs import (
    CopyItem,
    MoveItem,
    RemoveItem,
    SaveItem,
    copy_item,
    move_item,
    remove_item,
    save_item,
)
from roundtag.checklists.listing import STATES, lines, read_filter
from roundtag.checklists.occasions import ANY, OCCASIONS, Occasion
from roundtag.checklists.pages import DraftPage, compare_page, draft_page, page
from roundtag.checklists.publishing import (
    PublishChecklist,
    PublishChecklists,
    publish_checklist,
    publish_checklists,
)
from roundtag.checklists.typed import read_item, shown, ticked
from roundtag.checklists.versions import (
    Version,
    asked_since,
    latest,
    latest_of,
    sections_of,
    version,
)
from roundtag.items import KINDS, Item, Option, Section, asked, item_of, sections

__all__ = [
    "ANY",
    "KINDS",
    "OCCASIONS",
    "STATES",
    "Comparison",
    "CopyItem",
    "DiscardChecklist",
    "DraftChecklist",
    "DraftPage",
    "Item",
    "MoveItem",
    "NameChecklist",
    "Occasion",
    "Option",
    "Place",
    "Problem",
    "PublishChecklist",
    "PublishChecklists",
    "RemoveItem",
    "SaveItem",
    "Section",
    "Version",
    "asked",
    "asked_since",
    "compare",
    "compare_page",
    "copy_item",
    "digest",
    "discard_checklist",
    "draft_checklist",
    "draft_page",
    "item_of",
    "lacking",
    "latest",
    "latest_of",
    "lines",
    "move_item",
    "name_checklist",
    "page",
    "place",
    "problems",
    "publish_checklist",
    "publish_checklists",
    "read_file",
    "read_filter",
    "read_item",
    "remove_item",
    "save_item",
    "sections",
    "sections_of",
    "shown",
    "ticked",
    "version",
    "written",
]
