"""What a call may be, in codes with their words."""

from roundtag.words import N_

PHONE = "phone"
CHANNELS = {
    PHONE: N_("Hotline (phone)"),
    "email": N_("By e-mail"),
    "network": N_("Network (chat, portal)"),
    "resident": N_("Direct to the resident engineer"),
}
YES, BACKUP, MISSED = "yes", "backup", "missed"
ANSWERED = {
    YES: N_("Answered"),
    BACKUP: N_("By the backup contact"),
    MISSED: N_("Missed"),
}
FAULT, AGAIN, UNKNOWN = "fault", "again", "unknown"
ABOUT = {
    FAULT: N_("A fault"),
    AGAIN: N_("A fault that was known"),
    "question": N_("A question"),
    "information": N_("Information"),
    "wrong": N_("Wrong number"),
    UNKNOWN: N_("Not known"),
}
CHOSEN = (FAULT, "question", "information", "wrong")
"""What may be chosen; the rest follows from what was typed."""
TARGET = 90.0
"""Percent of the calls that are answered, where the contract names no other figure."""
