"""All tables by subject. Import models from here; ALL is in order of dependence."""

from roundtag.models.attendees import FaultContact, Rating, TagReport, TipHelped
from roundtag.models.base import Base, dicts, tuples
from roundtag.models.checks import (
    Answer,
    Checklist,
    ChecklistVersion,
    Inspection,
    Round,
    RoundDevice,
)
from roundtag.models.devices import (
    Device,
    DeviceModel,
    History,
    StockMovement,
    Store,
    Tag,
    Unit,
)
from roundtag.models.faults import Counter, Fault, FaultEvent, Swap
from roundtag.models.jobs import Job
from roundtag.models.ledger import Leaf, Log
from roundtag.models.life import Lending, Reason, Software, SoftwareUpdate
from roundtag.models.lists import DeviceIndex, Posting, RoomIndex
from roundtag.models.notes import Note, NoteMatch
from roundtag.models.office import (
    Approval,
    CalendarException,
    CapabilityLink,
    DutyTurn,
    IssuedDocument,
    Notification,
    Setting,
)
from roundtag.models.people import Grant, Person, SealKey, Session
from roundtag.models.places import Building, Client, Contract, Room, Site
from roundtag.models.printing import LabelStock, Printer, PrintFile, PrintHabit
from roundtag.models.register import ImportBatch, ImportMapping
from roundtag.models.stocktakes import (
    Stocktake,
    StocktakeEntry,
    StocktakeReason,
    StocktakeVisit,
)
from roundtag.models.sync import (
    Attachment,
    Blob,
    Conflict,
    OtherBody,
    Settlement,
    Submission,
    SubmissionBlob,
)
from roundtag.models.tags import BatchTag, PrintedLabel, PrintRun, TagBatch, TagEvent

ALL: tuple[type[Base], ...] = (
    Client, Log, Leaf, Person, Grant, Session, SealKey, Contract, Site, Building, Room,
    DeviceModel, Device, Store, Unit, StockMovement, Tag, History,
    Checklist, ChecklistVersion, Round, RoundDevice, Inspection, Answer,
    Fault, FaultEvent, Swap, Counter, Note, NoteMatch,
    Stocktake, StocktakeVisit, StocktakeEntry, StocktakeReason,
    Submission, OtherBody, Blob, SubmissionBlob, Attachment, Conflict, Settlement,
    Notification, CapabilityLink, Approval, IssuedDocument, CalendarException, DutyTurn,
    Lending, Reason, Software, SoftwareUpdate,
    Setting, Job, DeviceIndex, Posting, RoomIndex, FaultContact, Rating, TagReport, TipHelped,
    ImportBatch, ImportMapping, LabelStock, Printer, PrintHabit, PrintFile,
    TagBatch, BatchTag, TagEvent, PrintRun, PrintedLabel,
)  # fmt: skip

PROTECTED = tuple(model for model in ALL if model.LOG)
APPEND_ONLY = (Leaf, ChecklistVersion, IssuedDocument, StocktakeEntry, TagEvent)

__all__ = [model.__name__ for model in ALL]
__all__ += ["ALL", "APPEND_ONLY", "PROTECTED", "Base", "dicts", "tuples"]
