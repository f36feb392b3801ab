from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import acceptance, access, data, room_list, rooms, tagging
from roundtag.fields import Fields

blueprint = Blueprint("rooms", __name__)
NEWEST = 2**31 - 1


def page_of(room_id: int, form: Typed | None = None, tagged: tagging.Target | None = None,
            scanned: bool = False, which: str = "fault") -> Response:  # fmt: skip
    """A room for staff, with the checklists that are due in it and the form that reports a fault.
    Its checks are filed at the door's label: a room without one has none."""
    form = form or Typed()
    found = rooms.page(room_id, door.actor())
    in_use = found.retired_at is None or bool(form.errors)
    page = pages.show(
        "rooms/show.html",
        nav="rooms",
        room=found,
        may={deed: door.actor().may(deed, found.client_id) for deed in ("save_room",)},
        may_print=access.allowed_on(door.actor().roles, "tags.sheets"),
        may_register=access.DEVICE_KEEPERS & door.actor().roles,
        may_check=in_use and bool(found.line.tag) and door.actor().may("inspect", found.client_id),
        scanned=scanned,
        forms={name: form if name == which else Typed() for name in ("inspection", "fault")},
        opened=which if form.errors else "",
        symptoms=data.symptoms(),
        submission_id=forms.page_id(),
        tagged=tagged,
        may_label=door.actor().able("replace_tag"),
        sent_back=acceptance.sent_back_at(room_id=room_id),
    )
    page.status_code = 422 if form.errors else 200
    return page


@blueprint.get("/rooms")
def index() -> Response:
    """The list; everything that it is narrowed and sorted by stands in its address."""
    actor = door.actor()
    found = room_list.listing(room_list.read_wish(Fields(request.args.items())), actor)
    client = found.client.id if found.client else None
    may_save = actor.may("save_room", client)
    shown: dict[str, Any] = {"list": found, "chips": _chips(found), "may_save": may_save}
    if pages.is_fragment():
        return pages.fragment("rooms/_lines.html", **shown)
    kinds = [(kind.code, pages.both(kind, "name")) for kind in data.room_kinds()]
    return pages.show("rooms/index.html", nav="rooms", kinds=kinds, **shown)


def _chips(found: room_list.RoomList) -> list[tuple[str, str]]:
    """What narrows the list, in words."""
    sites = {str(site): name for site, _, name, _ in found.places}
    buildings = {str(key): name for _, key, _, name in found.places}
    kinds = {kind.code: pages.both(kind, "name") for kind in data.room_kinds()}
    words = {"site": sites, "building": buildings, "kind": kinds}
    chips = [("q", f"“{found.wish.text}”")] if found.wish.text else []
    return chips + [(name, words.get(name, {}).get(value, value))
                    for name, value in found.wish.filters.items()]  # fmt: skip


@blueprint.get("/rooms/<int:room_id>/history")
def history(room_id: int) -> Response:
    """Older entries, for the button at the end of the logbook."""
    before = Fields(request.args.items()).whole("before")
    entries, more = rooms.history_after(room_id, before or NEWEST, door.actor())
    return pages.fragment("devices/_history.html", entries=entries, more=more,
                          older=f"/rooms/{room_id}/history")  # fmt: skip


@blueprint.get("/rooms/<int:room_id>")
def show(room_id: int) -> Response:
    return page_of(room_id)
