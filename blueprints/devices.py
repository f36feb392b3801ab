from typing import Any

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import acceptance, access, data, device_list, devices, spares, tagging
from roundtag.fields import Fields
from roundtag.words import N_
from tags import codes

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
            name: form if name == which else Typed()
            for name in ("inspection", "swap", "fault", "use")
        },
        opened=which,
        may=_may(found, form),
        symptoms=_fitting_symptoms(found.category.code),
        reasons=spares.REASONS,
        submission_id=forms.page_id(),
        tagged=target,
        word=codes.word(target.scanned),
        sent_back=acceptance.sent_back_at(found.id),
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
        "swap_back": in_use and "swap_back",
        "fault": in_use and "report_fault",
        "use": in_use and "use_part",
        "edit": "edit_device",
        "move": in_use and "move_device",
        "retire": "retire_device",
        "lend": in_use and "lend_device",
        "portray": "portray_device",
        "label": "replace_tag",
        "waive": "waive_due",
    }
    return {name: bool(deed) and actor.may(str(deed), found.client_id)
            for name, deed in deeds.items()}  # fmt: skip


def _fitting_symptoms(category: str) -> list[data.Symptom]:
    """Symptoms of this category first, the rest after them."""
    return sorted(data.symptoms(), key=lambda symptom: category not in symptom.categories)


@blueprint.get("/devices")
def index() -> Response:
    """The list; everything that it is narrowed and sorted by stands in its address."""
    actor = door.actor()
    found = device_list.page(device_list.read(Fields(request.args.items())), actor)
    client = found.client.id if found.client else None
    shown: dict[str, Any] = {
        "list": found,
        "most": device_list.MOST,
        "chips": _chips(found),
        "may_edit": actor.may("edit_devices", client),
        "may_tag": actor.may("tag_devices", client),
        "may_register": access.DEVICE_KEEPERS & actor.roles,
        "may_print": access.allowed_on(actor.roles, "bulk.print_tags"),
    }
    if pages.is_fragment():
        answer = pages.fragment("devices/_lines.html", **shown)
        # The form sends all its fields; worth sharing is what narrows.
        if not (found.wish.after or found.wish.before):
            answer.headers["HX-Push-Url"] = f"/devices?{found.wish.query()}".rstrip("?")
        return answer
    names = dict(found.places.sites)
    buildings = [(key, f"{names[site]} · {name}" if len(names) > 1 else name)
                 for key, site, name in found.places.buildings]  # fmt: skip
    categories = [(c.code, pages.both(c, "name")) for c in data.categories() if c.code != "room"]
    return pages.show("devices/index.html", nav="devices", categories=categories,
                      buildings=buildings, **shown)  # fmt: skip


def _chips(found: device_list.DeviceList) -> list[tuple[str, str]]:
    """What narrows the list, in words."""
    places = found.places
    words = {
        "site": dict(places.sites),
        "building": {key: name for key, _, name in places.buildings},
    }
    chips = [("q", f"“{found.wish.text}”")] if found.wish.text else []
    for name, value in found.wish.filters.items():
        if name in words:
            chips.append((name, words[name].get(int(value), value)))
        elif name == "room":
            chips.append((name, places.room or value))
        elif name == "category":
            chips.append((name, pages.both(data.category(value), "name")))
        else:
            chips.append((name, gettext(CHIPS[name, value])))
    return chips


CHIPS = {
    ("state", "ok"): N_("Working"),
    ("state", "fault"): N_("Faulty"),
    ("state", "loaner"): N_("Loaner in use"),
    ("state", "repair"): N_("Away for repair"),
    ("state", "empty"): N_("Unit taken out"),
    ("state", "lent"): N_("Lent"),
    ("state", "retired"): N_("Retired"),
    ("state", "all"): N_("All, retired ones too"),
    ("key", "1"): N_("Key devices only"),
    ("warranty", "ended"): N_("Warranty over"),
    ("warranty", "ending"): N_("Warranty ends within 90 days"),
    ("life", "over"): N_("Past its design life"),
    ("lacks", "tag"): N_("Without a tag"),
    ("lacks", "unit"): N_("Without a unit"),
    ("lacks", "owner"): N_("Without an owner engineer"),
}


@blueprint.get("/devices/<int:device_id>/history")
def history(device_id: int) -> Response:
    """Older entries, for the button at the end of the logbook."""
    before = Fields(request.args.items()).whole("before")
    entries, more = devices.history_after(device_id, before or NEWEST, door.actor())
    return pages.fragment("devices/_history.html", entries=entries, more=more, device_id=device_id)
