from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import access, data, devices, spares, tagging
from roundtag.fields import Fields

blueprint = Blueprint("devices", __name__)
NEWEST = 2**31


def page_of(target: tagging.Target, scanned: bool, form: Typed, which: str) -> Response:
    """The one page of a device: state, what is due, swap, fault, history; its forms inside."""
    assert target.device is not None  # noqa: S101 - the caller chose this page for a device
    found = devices.page(target.device.id, target.code, door.actor())
    page = pages.show(
        "devices/show.html",
        device=found,
        scanned=scanned,
        forms={
            name: form if name == which else Typed() for name in ("inspection", "swap", "fault")
        },
        opened=which,
        may=_may(found, form),
        symptoms=_fitting_symptoms(found.category.code),
        reasons=spares.REASONS,
        submission_id=forms.page_id(),
    )
    page.status_code = 422 if form.errors else 200
    return page


def _may(found: devices.DevicePage, form: Typed) -> dict[str, bool]:
    """A form that was refused is shown again with all that was typed, also at a retired device."""
    actor = door.actor()
    in_use = found.state != "retired" or bool(form.errors)
    deeds = {
        "inspection": in_use and "inspect",
        "swap": in_use and "swap",
        "fault": in_use and "report_fault",
        "edit": "edit_device",
        "move": in_use and "move_device",
        "retire": "retire_device",
        "lend": in_use and "lend_device",
        "portray": "portray_device",
    }
    return {name: bool(deed) and actor.may(str(deed), found.client_id)
            for name, deed in deeds.items()}  # fmt: skip


def _fitting_symptoms(category: str) -> list[data.Symptom]:
    """Symptoms of this category first, the rest after them."""
    return sorted(data.symptoms(), key=lambda symptom: category not in symptom.categories)


@blueprint.get("/devices")
def index() -> Response:
    text = Fields(request.args.items()).raw("q")[:80]
    lines = devices.lines(door.actor(), text=text)
    if pages.is_fragment():
        return pages.fragment("devices/_lines.html", lines=lines, text=text)
    may = access.DEVICE_KEEPERS & door.actor().roles
    return pages.show("devices/index.html", nav="devices", lines=lines, text=text,
                      may_register=may)  # fmt: skip


@blueprint.get("/devices/<int:device_id>/history")
def history(device_id: int) -> Response:
    """Older entries, for the button at the end of the logbook."""
    before = Fields(request.args.items()).whole("before")
    entries, more = devices.history_after(device_id, before or NEWEST, door.actor())
    return pages.fragment("devices/_history.html", entries=entries, more=more, device_id=device_id)
