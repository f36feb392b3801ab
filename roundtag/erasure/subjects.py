"""What a page or the command line is asked to erase: by table and number, for one question."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from roundtag import commands, faults, hotline
from roundtag.access import Actor, visible
from roundtag.erasure import records
from roundtag.erasure.persons import ErasePerson, erase_person
from roundtag.erasure.photos import ErasePhoto, erase_photo
from roundtag.erasure.records import EraseRecord, erase_record
from roundtag.errors import NotFound, invalid
from roundtag.models import Attachment, FaultContact, HotlineCall, Person
from roundtag.words import N_


@dataclass(frozen=True)
class Subject:
    """`fields`: which columns hold something; `choice`: whether they can be erased one by one."""

    table: str
    key: int
    fields: tuple[str, ...]
    choice: bool = False


def subject(table: str, key: int, actor: Actor) -> Subject:
    """Raises NotFound for what does not exist, is empty, or is not the actor's to erase."""
    if table in records.TABLES:
        row, client = records.found(table, key, actor), None
        client, deed = records.client_of(row), "erase_record"
        fields = tuple(name for name in row.SEALED if records.holds(row, name))
    else:
        row, client, deed, fields = _other(table, key, actor)
    if not fields or not actor.may(deed, client):
        raise NotFound
    return Subject(table, key, fields, table in records.TABLES and len(fields) > 1)


def _other(table: str, key: int, actor: Actor) -> tuple[Any, int | None, str, tuple[str, ...]]:
    if table == "person":
        row = Person.get_or_none(Person.id == key)
        if row is None or row.erased_at:
            raise NotFound
        return row, None, "erase_person", ("name", "username", "email", "phone")
    models = {"attachment": (Attachment, "erase_photo", ("photo",)),
              "fault_contact": (FaultContact, "erase_contact", ("contact",)),
              "hotline_call": (HotlineCall, "erase_caller", ("caller", "phone"))}  # fmt: skip
    if table not in models:
        raise NotFound
    model, deed, fields = models[table]
    row = visible(actor, model.select().where(model.id == key), model.client).first()
    if row is None or row.erased_at:
        raise NotFound
    return row, row.client_id, deed, fields


def order_for(about: Subject, fields: Iterable[str], sure: bool) -> tuple[commands.Verb, Any]:
    """The verb and its order for a subject; `fields` of it, all when none is named. Raises Invalid
    for somebody who is not sure."""
    if not sure:
        raise invalid("sure", "required", N_("Say that you are sure: nothing brings it back."))
    if about.table == "person":
        return erase_person, ErasePerson(about.key)
    if about.table == "attachment":
        return erase_photo, ErasePhoto(about.key)
    if about.table == "fault_contact":
        fault_id = FaultContact.get_by_id(about.key).fault_id
        return faults.erase_contact, faults.EraseContact(fault_id)
    if about.table == "hotline_call":
        return hotline.erase_caller, hotline.EraseCaller(about.key)
    return erase_record, EraseRecord(about.table, about.key, tuple(fields) or about.fields)
