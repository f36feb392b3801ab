"""All tables by subject. Import models from here; ALL is in order of dependence."""

from roundtag.models.acceptance import (
    DocumentFile,
    OutMail,
    ReportContact,
    ReportRemark,
    ReportRun,
    StopNote,
)
from roundtag.models.accounts import (
    KnownBrowser,
    RecoveryCode,
    RoleRule,
    SecondFactor,
    SignInDelay,
    SignInStep,
    SsoIdentity,
)
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
from roundtag.models.contracts import ContractMatrix, MatrixDraft
from roundtag.models.devices import (
    Device,
    DeviceModel,
    History,
    Store,
    Tag,
    Unit,
)
from roundtag.models.drafts import ChecklistDraft
from roundtag.models.faults import Counter, Fault, FaultCrew, FaultDue, FaultEvent, Swap
from roundtag.models.findings import Finding
from roundtag.models.hotline import HotlineCall
from roundtag.models.jobs import Job
from roundtag.models.keys import LogKey, SigningKey
from roundtag.models.knowledge import (
    Article,
    ArticleExcuse,
    ArticleHelp,
    ArticleIndex,
    ArticleVersion,
    FirstSeen,
    Problem,
    ProblemFault,
)
from roundtag.models.ledger import Leaf, Log, LogCheck, LogHead
from roundtag.models.life import Lending, Reason, Software, SoftwareUpdate
from roundtag.models.lists import DeviceIndex, Posting, RoomIndex, RoundFigure
from roundtag.models.notes import Note, NoteMatch
from roundtag.models.office import (
    Approval,
    CalendarException,
    CapabilityLink,
    DutyTurn,
    IssuedDocument,
    NoticeChoice,
    Notification,
    Setting,
)
from roundtag.models.papers import PaperText
from roundtag.models.people import Grant, Person, SealKey, Session
from roundtag.models.places import Building, Client, Contract, Room, Site
from roundtag.models.plans import Meeting, RoundPlan
from roundtag.models.printing import LabelStock, Printer, PrintFile, PrintHabit
from roundtag.models.progress import ContractTarget, Recheck, RoundShare
from roundtag.models.register import ImportBatch, ImportMapping
from roundtag.models.repairs import (
    Loaner,
    Quote,
    RepairEvent,
    RepairOrder,
    Shipment,
)
from roundtag.models.restoring import Restoration, RestoredLog
from roundtag.models.stock import (
    StockLevel,
    StockMovement,
    StockRule,
    StockSlip,
    Substitute,
    UnitChange,
)
from roundtag.models.stocktakes import (
    Stocktake,
    StocktakeEntry,
    StocktakeReason,
    StocktakeVisit,
)
from roundtag.models.storecounts import (
    StoreCount,
    StoreCountLine,
    StoreCountList,
    StoreCountReason,
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
    Client, Log, Leaf, LogHead, Person, LogCheck, Grant, Session, SealKey, Contract, Site,
    Building, Room,
    DeviceModel, Device, Store, Unit, Tag, History,
    RoundPlan, Meeting, Checklist, ChecklistVersion, Round, Inspection, RoundDevice, Answer,
    Fault, FaultCrew, FaultEvent, Swap, Counter, Note, NoteMatch,
    Finding,
    Stocktake, StocktakeVisit, StocktakeEntry, StocktakeReason,
    Submission, OtherBody, Blob, SubmissionBlob, Attachment, Conflict, Settlement,
    Notification, NoticeChoice, CapabilityLink, Approval, IssuedDocument,
    CalendarException, DutyTurn,
    Lending, Reason, Software, SoftwareUpdate,
    Setting, Job, DeviceIndex, Posting, RoomIndex, RoundFigure, FaultContact, Rating, TagReport,
    TipHelped,
    ImportBatch, ImportMapping, LabelStock, Printer, PrintHabit, PrintFile,
    TagBatch, BatchTag, TagEvent, PrintRun, PrintedLabel,
    StopNote, ReportRemark, ReportContact, DocumentFile, ReportRun, OutMail,
    RoundShare, Recheck, ContractTarget,
    ChecklistDraft,
    Problem, ProblemFault, Article, ArticleVersion, ArticleHelp, ArticleExcuse, ArticleIndex,
    FirstSeen, ContractMatrix, MatrixDraft, FaultDue, PaperText, HotlineCall,
    Substitute, StockRule, StockLevel, StockSlip, StockMovement, UnitChange,
    Shipment, RepairOrder, RepairEvent, Quote, Loaner,
    StoreCount, StoreCountList, StoreCountLine, StoreCountReason,
    Restoration, RestoredLog,
    SecondFactor, RecoveryCode, KnownBrowser, SignInStep, SignInDelay, SsoIdentity, RoleRule,
    SigningKey, LogKey,
)  # fmt: skip

PROTECTED = tuple(model for model in ALL if model.LOG)
APPEND_ONLY = (
    Leaf, LogHead, ChecklistVersion, IssuedDocument, StocktakeEntry, TagEvent, DocumentFile,
    ContractMatrix, StockMovement, RepairEvent, StoreCountLine, SigningKey, LogKey,
)  # fmt: skip

__all__ = [model.__name__ for model in ALL]
__all__ += ["ALL", "APPEND_ONLY", "PROTECTED", "Base", "dicts", "tuples"]
