"""Shipments: what goes to one maker in one go, with its packing list on paper and as a file."""

from roundtag.shipments.forms import read_add, read_open, read_send
from roundtag.shipments.packing import file, pdf, xlsx
from roundtag.shipments.pages import ShipmentLine, ShipmentPage, fitting, lines, makers, page
from roundtag.shipments.verbs import (
    AddToShipment,
    OpenShipment,
    SendShipment,
    TakeOffShipment,
    add_to_shipment,
    open_shipment,
    send_shipment,
    take_off_shipment,
)

__all__ = [
    "AddToShipment", "OpenShipment", "SendShipment", "ShipmentLine", "ShipmentPage",
    "TakeOffShipment", "add_to_shipment", "file", "fitting", "lines", "makers", "open_shipment",
    "page", "pdf", "read_add", "read_open", "read_send", "send_shipment", "take_off_shipment",
    "xlsx",
]  # fmt: skip
