"""The key of a shared phone: one per person, the same for ever, gone with the person."""

from base64 import b64decode

from roundtag import sealing
from roundtag.models import Leaf, Person, SealKey
from tests.seeing import at_once
from tests.world import World, person


def test_a_person_has_one_key_and_nobody_elses(world: World) -> None:
    mine, theirs = world.engineer.person_id or 0, world.manager.person_id or 0
    key = sealing.key_of(mine)
    assert len(b64decode(key)) == sealing.BYTES
    assert sealing.key_of(mine) == key
    assert sealing.key_of(theirs) != key
    assert not Leaf.select().where(Leaf.text.contains(key)).exists()


def test_two_first_uses_at_once_get_one_key(fresh_world: World) -> None:
    mine = fresh_world.engineer.person_id or 0
    keys = at_once([lambda: sealing.key_of(mine)] * 8)
    assert len(set(keys)) == 1


def test_the_key_goes_with_the_person(world: World) -> None:
    leaver = person("leaver").person_id or 0
    sealing.key_of(leaver)
    Person.delete().where(Person.id == leaver).execute()
    assert not SealKey.select().where(SealKey.person == leaver).exists()
