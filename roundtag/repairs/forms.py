"""What the forms of a repair order send."""

from datetime import date

from roundtag import days
from roundtag.fields import Fields
from roundtag.repairs import states
from roundtag.repairs.ending import CancelRepair, EndRepair
from roundtag.repairs.extending import AskExtension, DecideExtension, ExtensionByLink
from roundtag.repairs.receiving import RESULTS, ReceiveRepair, TestRepair
from roundtag.repairs.routing import DecideRoute
from roundtag.repairs.sending import SendRepair
from roundtag.repairs.starting import OpenPurchase, OpenRepair
from roundtag.words import N_

CHOOSE = N_("Choose one of the list.")


def read_open(form: Fields, unit_id: int) -> OpenRepair:
    command = OpenRepair(
        unit_id,
        form.text("problem", required=N_("Say what is wrong.")) or "",
        form.whole("client"),
        form.whole("fault"),
    )
    form.done()
    return command


def read_purchase(form: Fields) -> OpenPurchase:
    client, model = form.whole("client"), form.whole("model")
    for name, value in (("client", client), ("model", model)):
        if value is None:
            form.refuse(name, "required", CHOOSE)
    words = form.text("specification", required=N_("Say what is to be bought."))
    command = OpenPurchase(client or 0, model or 0, words or "", form.text("problem"),
                           form.whole("device"))  # fmt: skip
    form.done()
    return command


def read_route(form: Fields, order_id: int) -> DecideRoute:
    command = DecideRoute(
        order_id,
        form.choice("route", states.ROUTES, required=CHOOSE) or "",
        form.text("maker", limit=80, required=N_("Name the maker.")) or "",
        form.raw("abroad") == "1",
        form.text("reason"),
        form.text("specification"),
    )
    form.done()
    return command


def read_send(form: Fields, order_id: int) -> SendRepair:
    command = SendRepair(order_id, form.text("maker_number", limit=60) or "",
                         form.text("carrier", limit=60) or "",
                         form.text("tracking", limit=60) or "")  # fmt: skip
    form.done()
    return command


def read_receipt(form: Fields, order_id: int) -> ReceiveRepair:
    command = ReceiveRepair(
        order_id,
        form.whole("store"),
        form.text("new_serial", limit=80) or "",
        days.read(form, "warranty_until"),
        form.text("shelf", limit=40) or "",
    )
    form.done()
    return command


def read_test(form: Fields, order_id: int) -> TestRepair:
    result = form.choice("result", RESULTS, required=N_("Say whether it works."))
    note = form.text("note")
    if result == "failed" and not note:
        form.refuse("note", "required", N_("Say what is still wrong."))
    then = form.choice("then", ("store", "device")) if result == "ok" else ""
    form.done()
    return TestRepair(order_id, result or "", note, then or "")


def read_end(form: Fields, order_id: int) -> EndRepair:
    command = EndRepair(order_id, form.choice("how", states.ENDINGS, required=CHOOSE) or "",
                        form.text("note"))  # fmt: skip
    form.done()
    return command


def read_cancel(form: Fields, order_id: int) -> CancelRepair:
    command = CancelRepair(order_id, form.text("note", required=N_("Say why.")),
                           form.whole("store"))  # fmt: skip
    form.done()
    return command


def read_ask(form: Fields, order_id: int, today: date) -> AskExtension:
    until = days.read(form, "until", required=N_("Say until when."), earliest=today)
    reason = form.text("reason", required=N_("Say why it takes longer."))
    form.done()
    return AskExtension(order_id, until or today, reason or "")


def read_extension(form: Fields, order_id: int) -> DecideExtension:
    return DecideExtension(order_id, *_decision(form))


def read_extension_by_link(form: Fields, order_id: int, secret: str) -> ExtensionByLink:
    return ExtensionByLink(order_id, *_decision(form), secret_link=secret)


def _decision(form: Fields) -> tuple[int, str, str | None, str | None]:
    decision = form.choice("decision", ("approved", "refused"), required=CHOOSE)
    signer = form.text("signer", limit=80, required=N_("Write your name."))
    note = form.text("note")
    if decision == "refused" and not note:
        form.refuse("note", "required", N_("Say why."))
    seen = form.whole("seen") or 0
    form.done()
    return seen, decision or "", signer, note
