"""Units on their way to their maker and back, and new ones bought in their place (E3)."""

from roundtag.repairs import letters, quoting, states
from roundtag.repairs.ending import CancelRepair, EndRepair, cancel_repair, end_repair
from roundtag.repairs.extending import (
    AskExtension,
    DecideExtension,
    ExtensionByLink,
    ask_extension,
    decide_extension,
    extension_by_link,
)
from roundtag.repairs.forms import (
    read_ask,
    read_cancel,
    read_end,
    read_extension,
    read_extension_by_link,
    read_open,
    read_purchase,
    read_receipt,
    read_route,
    read_send,
    read_test,
)
from roundtag.repairs.lines import OrderLine, Wish, all_lines, listing, read_wish
from roundtag.repairs.opening import cancel_opened, open_for
from roundtag.repairs.overdue import ensure, tell_overdue
from roundtag.repairs.receiving import ReceiveRepair, TestRepair, receive_repair, test_repair
from roundtag.repairs.routing import DecideRoute, decide_route
from roundtag.repairs.sending import SendRepair, send_repair
from roundtag.repairs.starting import OpenPurchase, OpenRepair, open_purchase, open_repair

__all__ = [
    "AskExtension", "CancelRepair", "DecideExtension", "DecideRoute", "EndRepair",
    "ExtensionByLink", "OpenPurchase", "OpenRepair", "OrderLine", "ReceiveRepair", "SendRepair",
    "TestRepair", "Wish", "all_lines", "ask_extension", "cancel_opened", "cancel_repair",
    "decide_extension", "decide_route", "end_repair", "ensure", "extension_by_link", "letters",
    "listing", "open_for", "open_purchase", "open_repair", "quoting", "read_ask", "read_cancel",
    "read_end", "read_extension", "read_extension_by_link", "read_open", "read_purchase",
    "read_receipt", "read_route", "read_send", "read_test", "read_wish", "receive_repair",
    "send_repair", "states", "tell_overdue", "test_repair",
]  # fmt: skip
