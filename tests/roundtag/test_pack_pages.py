"""A page's version changes when what it shows changes, and no other page's does."""

import re
from collections.abc import Callable

import pytest

from roundtag import packs
from roundtag.access import Actor
from roundtag.models import Blob, Device, Fault, Room, RoundDevice, Unit
from tests.world import (
    World,
    check_form,
    deliver,
    fault,
    fault_form,
    jpeg,
    person,
    step_form,
    swap_form,
)

DATA, PHOTO = jpeg()
BOTH = {"/t/first", "/t/second"}
FIRST = {"/t/first", "/t/room", "/today"}
OWN = {"/faults/own"}
DEEDS: dict[str, tuple[Callable[[World], object], set[str]]] = {
    "nothing": (lambda world: None, set()),
    "a check": (lambda world: deliver("inspection", check_form(world), world.engineer), FIRST),
    "a fault": (lambda world: deliver("fault", fault_form(world), world.engineer), FIRST | OWN),
    "a spare goes": (
        lambda world: deliver("swap", swap_form(world), world.engineer), FIRST | {"/t/second"}),
    "a device is renamed": (
        lambda world: Device.update(name="x").where(Device.id == world.devices[0].id).execute(),
        FIRST | {"/t/second"}),  # which names the next one of its room
    "a room is renamed": (
        lambda world: Room.update(name="x").where(Room.id == world.room.id).execute(),
        BOTH | {"/t/room", "/today", "/fake"}),
    "a spare is moved to another shelf": (
        lambda world: Unit.update(shelf="Z").where(Unit.serial == "SPA1").execute(),
        BOTH | {"/today"}),
}  # fmt: skip


def pages(world: World, **more: object) -> dict[str, str]:
    names = {world.tags[0]: "first", world.tags[1]: "second", world.room_tag: "room"}
    found = packs.manifest(world.engineer, "zh", "b1", **more).pages  # type: ignore[arg-type]
    urls = {page.url: "/".join(names.get(part, part) for part in page.url.split("/"))
            for page in found}  # fmt: skip
    return {re.sub(r"^/faults/\d+$", "/faults/own", urls[page.url]): page.v for page in found}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_changes_changes_its_pages_only(world: World, deed: str) -> None:
    act, wanted = DEEDS[deed]
    before = pages(world)
    act(world)
    after = pages(world)
    assert {url for url in before | after if before.get(url) != after.get(url)} == wanted


def test_a_photo_that_arrives_later_changes_its_page(world: World) -> None:
    form = fault_form(world, photo=f"blob:{PHOTO.sha256}")
    deliver("fault", form, world.engineer, photos=(PHOTO,))
    before = pages(world)
    Blob.create(sha256=PHOTO.sha256, size=1, mime="image/jpeg",
                received_at="2026-01-01T00:00:00.000000Z")  # fmt: skip
    after = pages(world)
    assert {url for url in before if before[url] != after[url]} == FIRST | OWN


def test_language_and_build_change_every_page(world: World) -> None:
    base = {page.url: page.v for page in packs.manifest(world.engineer, "zh", "b1").pages}
    for other in (("en", "b1"), ("zh", "b2")):
        now = {page.url: page.v for page in packs.manifest(world.engineer, *other).pages}
        assert not set(now.values()) & set(base.values())


def test_more_devices_than_fit_are_told_and_the_nearest_due_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs.pages, "LIMIT", 1)
    RoundDevice.update(done_at="2026-01-01T00:00:00.000000Z").where(
        RoundDevice.device == world.devices[0].id
    ).execute()
    found = packs.manifest(world.engineer, "zh", "b1")
    assert (found.devices, found.due) == (1, 2)
    urls = {page.url for page in found.pages}
    assert f"/t/{world.tags[1]}" in urls
    assert f"/t/{world.tags[0]}" not in urls


def test_a_room_or_site_is_kept_on_demand_and_never_another_clients(
    world: World, other: World
) -> None:
    RoundDevice.delete().execute()
    assert set(pages(world)) == {*packs.FIXED, "/bag"}
    for kept in (
        packs.Places(frozenset({world.room.id, other.room.id})),
        packs.Places(sites=frozenset({world.room.building.site_id, other.room.building.site_id})),
    ):
        assert set(pages(world, places=kept)) == {*packs.FIXED, "/bag", *BOTH, "/t/room"}


def test_the_pages_of_a_persons_own_faults_are_kept_and_follow_each_step(
    world: World, other: World
) -> None:
    mine, theirs = fault(world), fault(other)
    second = person("engineer-2", ("engineer", "client", world.client_id))

    def kept(who: Actor) -> dict[str, str]:
        found = packs.manifest(who, "zh", "b1").pages
        return {page.url: page.v for page in found if page.url.startswith("/faults/")}

    assert set(kept(world.engineer)) == {f"/faults/{mine}"}
    assert set(kept(other.engineer)) == {f"/faults/{theirs}"}
    assert kept(second) == {}
    seen = [kept(world.engineer)[f"/faults/{mine}"]]
    for name in ("respond", "progress", "restore"):
        deliver("step", step_form(mine, name), world.engineer)
        seen.append(kept(world.engineer)[f"/faults/{mine}"])
    assert len(set(seen)) == len(seen)
    deliver("step", step_form(mine, "respond"), second)
    assert kept(second) == {}
    Fault.update(state="on_site").where(Fault.id == mine).execute()
    deliver("step", step_form(mine, "restore"), second)
    assert set(kept(second)) == {f"/faults/{mine}"}
    deliver("step", step_form(mine, "resolve"), second)
    assert kept(second) == kept(world.engineer) == {}
