"""What people are told, in words: one row per kind of notice."""

import re
from dataclasses import dataclass
from typing import Any

from roundtag.words import N_

PLACES = re.compile(r"%\((\w+)\)s")
GROUPS = ("faults", "rounds", "stock", "office")
"""What a person may take mail of, or not; the list in the app always shows everything."""


@dataclass(frozen=True)
class Kind:
    """`words` takes the values of the notice; an urgent one waits for no morning."""

    group: str
    words: str
    icon: str
    urgent: bool = False

    def fill(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the words take; a value that an older release did not keep reads as a dash."""
        return {name: data.get(name, "–") for name in PLACES.findall(self.words)}


KINDS = {
    "fault-reported": Kind("faults", N_("Fault %(number)s came in and is yours"), "fault"),
    "fault-yours": Kind("faults", N_("Fault %(number)s in %(room)s is yours"), "fault"),
    "fault-level-one": Kind(
        "faults", N_("Level I: fault %(number)s in %(room)s"), "fault", urgent=True),
    "fault-warning-response": Kind(
        "faults", N_("Fault %(number)s: %(percent)s %% of the time to respond is used up"),
        "clock"),
    "fault-warning-on_site": Kind(
        "faults", N_("Fault %(number)s: %(percent)s %% of the time to be on site is used up"),
        "clock"),
    "fault-warning-restore": Kind(
        "faults", N_("Fault %(number)s: %(percent)s %% of the time to restore is used up"),
        "clock"),
    "fault-breach-response": Kind(
        "faults", N_("Fault %(number)s: nobody responded in time"), "wait"),
    "fault-breach-on_site": Kind(
        "faults", N_("Fault %(number)s: nobody was on site in time"), "wait"),
    "fault-breach-restore": Kind("faults", N_("Fault %(number)s: not restored in time"), "wait"),
    "fault-upgraded": Kind(
        "faults", N_("Fault %(number)s has risen to level %(level)s: it is not restored"), "fault"),
    "fault-progress-owed": Kind(
        "faults", N_("Level I: fault %(number)s owes its hourly progress entry"), "edit",
        urgent=True),
    "fault-reopened": Kind("faults", N_("Fault %(number)s in %(room)s is open again"), "fault"),
    "fault-closed": Kind("faults", N_("Fault %(number)s in %(room)s is closed"), "ok"),
    "check-again": Kind("rounds", N_("%(device)s has to be checked again"), "check"),
    "round-recorded": Kind("rounds", N_("The round %(period)s is handed in (%(completed)s)"),
                           "check"),
    "round-checked": Kind("rounds", N_("The round %(period)s is checked, the client is next"),
                          "check"),
    "round-accepted": Kind("rounds", N_("The client has accepted the round %(period)s"), "ok"),
    "round-sent-back": Kind("rounds", N_("Sent back of the round %(period)s: %(count)s"), "back"),
    "report-issued": Kind("rounds", N_("The report %(number)s is issued"), "print"),
    "lost-tag-seen": Kind("office", N_("The lost label %(code)s was scanned"), "tag"),
    "ledger-alarm": Kind("office", N_("The log does not agree with the records: %(count)s"), "lock",
                         urgent=True),
    "lending-due": Kind("stock", N_("%(device)s is due back on %(due_on)s"), "send"),
    "stock-low": Kind("stock", N_("%(store)s holds %(held)s of %(model)s, at least %(minimum)s "
                                  "should be there"), "list"),
    "loaner-late": Kind("stock", N_("The loaner %(serial)s at %(device)s was due on %(due_on)s"),
                        "clock"),
    "callback-unhappy": Kind("faults", N_("Called back about %(number)s: not satisfied"), "fault"),
    "due-fallback": Kind("faults", N_("A fallback plan is owed for %(number)s"), "fault",
                         urgent=True),
    "due-loaner": Kind("faults", N_("A loaner is owed for %(number)s"), "fault"),
    "due-maker": Kind("faults", N_("The maker's report for %(number)s is owed"), "fault"),
    "due-original": Kind("faults", N_("A new original product is owed for %(number)s"), "fault"),
    "due-replacement": Kind("faults", N_("%(number)s must be replaced: three faults in a month"),
                            "fault"),
    "due-major_report": Kind("faults", N_("The major fault report for %(number)s is owed"),
                             "fault"),
    "due-callback": Kind("faults", N_("A quality callback about %(number)s is owed"), "fault"),
    "due-late-fallback": Kind("faults", N_("Late: the fallback plan for %(number)s"), "clock",
                              urgent=True),
    "due-late-loaner": Kind("faults", N_("Late: the loaner for %(number)s"), "clock"),
    "due-late-diagnosis": Kind("faults", N_("Late: the written diagnosis of %(number)s"), "clock"),
    "due-late-maker": Kind("faults", N_("Late: the maker's report for %(number)s"), "clock"),
    "due-late-original": Kind("faults", N_("Late: the new original product for %(number)s"),
                              "clock"),
    "due-late-response_report": Kind("faults", N_("Late: the response report of %(number)s"),
                                     "clock"),
    "due-late-report": Kind("faults", N_("Late: the fault report of %(number)s"), "clock"),
    "due-late-analysis_report": Kind("faults", N_("Late: the analysis report of %(number)s"),
                                     "clock"),
    "due-late-major_report": Kind("faults", N_("Late: the major fault report of %(number)s"),
                                  "clock"),
    "due-late-problem": Kind("faults", N_("Late: the problem record of %(number)s"), "clock"),
    "due-late-callback": Kind("faults", N_("Late: the quality callback about %(number)s"),
                              "clock"),
    "quote-offered": Kind("stock", N_("A quote for %(number)s waits for your decision"), "edit"),
    "quote-approved": Kind("stock", N_("The client has approved the quote for %(number)s"), "ok"),
    "quote-refused": Kind("stock", N_("The client has refused the quote for %(number)s"), "cross"),
    "repair-received": Kind("stock", N_("%(number)s is back from the maker, in %(store)s"),
                            "repair"),
    "repair-overdue": Kind("stock", N_("Overdue: repair %(number)s was due on %(due_on)s"),
                           "clock"),
    "extension-asked": Kind(
        "stock", N_("More time is asked for repair %(number)s, until %(until)s"), "clock"),
    "extension-agreed": Kind(
        "stock", N_("More time is granted for repair %(number)s, until %(until)s"), "ok"),
    "extension-refused": Kind("stock", N_("More time is refused for repair %(number)s"), "cross"),
    "backup-failed": Kind("office", N_("The nightly backup has a fault: %(reason)s"), "fault",
                          urgent=True),
    "drill-failed": Kind("office", N_("The last backup does not restore: %(reason)s"), "fault",
                         urgent=True),
    "backup-late": Kind("office", N_("No good backup since %(since)s"), "clock", urgent=True),
}  # fmt: skip
OTHER = Kind("office", N_("Something concerns you"), "info")


def kind(code: str) -> Kind:
    return KINDS.get(code, OTHER)
