"""The hotline: a call typed while the phone is at the ear, and the register of all calls."""

from roundtag.hotline.callers import EraseCaller, erase_caller
from roundtag.hotline.finding import Known, RoomFound, known_in, lines_of, rooms_like
from roundtag.hotline.register import (
    CallLine,
    Register,
    Wish,
    csv_file,
    month_of,
    read_wish,
    register,
)
from roundtag.hotline.taking import TakeCall, read_call, take_call
from roundtag.hotline.words import ABOUT, ANSWERED, CHANNELS

__all__ = [
    "ABOUT",
    "ANSWERED",
    "CHANNELS",
    "CallLine",
    "EraseCaller",
    "Known",
    "Register",
    "RoomFound",
    "TakeCall",
    "Wish",
    "csv_file",
    "erase_caller",
    "known_in",
    "lines_of",
    "month_of",
    "read_call",
    "read_wish",
    "register",
    "rooms_like",
    "take_call",
]  # fmt: skip
