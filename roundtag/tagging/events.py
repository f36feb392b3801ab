"""The history of a code, and its line in the logbook of what it is on."""

from typing import Any

from roundtag import history
from roundtag.commands import Deed
from roundtag.models import Device, Room, Tag, TagEvent


def note(deed: Deed, tag: Tag, kind: str, **data: Any) -> None:
    """Adds what happened to a tag's history, and to the logbook of its device or room."""
    deed.create(TagEvent, tag=tag.code, client=tag.client_id, kind=kind, person=deed.person_id,
                at=deed.received_at, data=data)  # fmt: skip
    if tag.device_id or tag.room_id:
        device = Device.get_by_id(tag.device_id) if tag.device_id else None
        history.record(deed, "tag", device, room_id=tag.room_id, client_id=tag.client_id,
                       what=kind, code=tag.code, **data)  # fmt: skip


def hold(deed: Deed, device_id: int | None, room_id: int | None) -> None:
    """Makes deeds about the tags of one device or room come in turn: its row stays locked."""
    model, key = (Device, device_id) if device_id else (Room, room_id)
    model.update(code=model.code).where(model.id == key).execute()
