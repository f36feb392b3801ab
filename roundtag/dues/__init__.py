"""What a fault obliges people to: raised by what happens, kept until it is done or waived."""

from roundtag.dues.forms import (
    read_callback,
    read_diagnosis,
    read_fulfilment,
    read_irreparable,
    read_maker,
    read_unusable,
    read_waiver,
)
from roundtag.dues.keeping import (
    follow,
    fulfil,
    grouped,
    loaners_of,
    retired,
    settle,
    swapped,
    unswapped,
)
from roundtag.dues.kinds import HOWS, KINDS
from roundtag.dues.lent import owe_loaner
from roundtag.dues.listing import DueLine, Listing, Wish, listing, overdue, read_wish
from roundtag.dues.pages import AtFault, Demand, at_fault, demand_of, demands, fault_of
from roundtag.dues.telling import ensure
from roundtag.dues.terms import most
from roundtag.dues.verbs import (
    CallMaker,
    DeclareIrreparable,
    FulfilDue,
    MarkUnusable,
    RecordCallback,
    WaiveDue,
    WriteDiagnosis,
    call_maker,
    declare_irreparable,
    fulfil_due,
    mark_unusable,
    record_callback,
    waive_due,
    write_diagnosis,
)

__all__ = [
    "HOWS", "KINDS", "AtFault", "CallMaker", "DeclareIrreparable", "Demand", "DueLine",
    "FulfilDue", "Listing", "MarkUnusable", "RecordCallback", "WaiveDue", "Wish",
    "WriteDiagnosis", "at_fault", "call_maker", "declare_irreparable", "demand_of", "demands",
    "ensure", "fault_of", "follow", "fulfil", "fulfil_due", "grouped", "listing", "loaners_of",
    "mark_unusable", "most", "overdue", "owe_loaner", "read_callback", "read_diagnosis",
    "read_fulfilment", "read_irreparable", "read_maker", "read_unusable", "read_waiver",
    "read_wish", "record_callback", "retired", "settle", "swapped", "unswapped", "waive_due",
    "write_diagnosis",
]  # fmt: skip
