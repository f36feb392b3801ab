"""All tables by subject. Import models from here; ALL is in order of dependence."""

from roundtag.models.base import Base, dicts
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
from roundtag.models.sync import (
    Attachment,
    Blob,
    Conflict,
    OtherBody,
    Settlement,
    Submission,
    SubmissionBlob,
)

ALL: tuple[type[Base], ...] = (
    Client, Log, Leaf, Person, Grant, Session, SealKey, Contract, Site, Building, Room,
    DeviceModel, Device, Store, Unit, StockMovement, Tag, History,
    Checklist, ChecklistVersion, Round, RoundDevice, Inspection, Answer,
    Fault, FaultEvent, Swap, Counter, Note, NoteMatch,
    Submission, OtherBody, Blob, SubmissionBlob, Attachment, Conflict, Settlement,
    Notification, CapabilityLink, Approval, IssuedDocument, CalendarException, DutyTurn,
    Lending, Reason, Software, SoftwareUpdate,
    Setting, Job,
)  # fmt: skip

PROTECTED = tuple(model for model in ALL if model.LOG)
APPEND_ONLY = (Leaf, ChecklistVersion, IssuedDocument)

__all__ = [model.__name__ for model in ALL] + ["ALL", "APPEND_ONLY", "PROTECTED", "Base", "dicts"]
