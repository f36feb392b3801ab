"""The software of devices: what is installed, what is the latest, and who renewed it.

Nothing is looked up in a network: the latest version is what a person has written down.
"""

from roundtag.software.installing import FIRMWARE, RecordUpdate, set_firmware
from roundtag.software.pages import (
    Filter,
    Register,
    SoftwareLine,
    SoftwarePage,
    names,
    of,
    of_device,
    page,
    read_filter,
    register,
)
from roundtag.software.verbs import (
    KINDS,
    SetLatest,
    device_of,
    read_latest,
    read_update,
    record_software_update,
    set_latest_version,
)

__all__ = [
    "FIRMWARE",
    "KINDS",
    "Filter",
    "RecordUpdate",
    "Register",
    "SetLatest",
    "SoftwareLine",
    "SoftwarePage",
    "device_of",
    "names",
    "of",
    "of_device",
    "page",
    "read_filter",
    "read_latest",
    "read_update",
    "record_software_update",
    "register",
    "set_firmware",
    "set_latest_version",
]
