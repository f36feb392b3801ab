"""What the forms of a shipment send."""

from roundtag.fields import Fields
from roundtag.shipments.verbs import MOST, AddToShipment, OpenShipment, SendShipment
from roundtag.words import N_


def read_open(form: Fields) -> OpenShipment:
    maker = form.text("maker", limit=80, required=N_("Name the maker."))
    chosen = _chosen(form)
    if not chosen:
        form.refuse("order", "required", N_("Choose at least one repair order."))
    if len(chosen) > MOST:
        form.refuse("order", "many", N_("At most %(limit)s orders in one shipment."), limit=MOST)
    command = OpenShipment(maker or "", chosen, form.text("address", limit=300) or "",
                           form.text("note"))  # fmt: skip
    form.done()
    return command


def _chosen(form: Fields) -> tuple[int, ...]:
    keys = {int(one) for one in form.many("order")
            if one.isascii() and one.isdecimal() and len(one) < 10}  # fmt: skip
    return tuple(sorted(keys))


def read_add(form: Fields, shipment_id: int) -> AddToShipment:
    chosen = _chosen(form)
    if not chosen:
        form.refuse("order", "required", N_("Choose at least one repair order."))
    form.done()
    return AddToShipment(shipment_id, chosen)


def read_send(form: Fields, shipment_id: int) -> SendShipment:
    carrier = form.text("carrier", limit=60, required=N_("Say who carries it."))
    tracking = form.text("tracking", limit=60) or ""
    seen = _chosen(form)
    form.done()
    return SendShipment(shipment_id, carrier or "", tracking, seen)
