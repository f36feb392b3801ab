"""People and what is said of them with values that stand nowhere else, and a search for these."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path

import psycopg
from PIL import Image

from roundtag import blobs, db, erasure, faults, lending
from roundtag.access import SYSTEM, Actor
from roundtag.accounts import grants, staff
from roundtag.commands import Photo
from roundtag.models import Attachment, FaultContact, Lending
from tests import world as worlds
from tests.house import lanes
from tests.world import World


@dataclass
class Marked:
    """`values`: what must be in no file any more; `steps`: verbs and orders that see to it."""

    values: list[bytes] = field(default_factory=list)
    steps: list[tuple] = field(default_factory=list)
    people: list[int] = field(default_factory=list)

    def mark(self, text: str) -> str:
        self.values.append(text.encode())
        return text


def person(rng: random.Random, marked: Marked) -> int:
    """An account with all that is known of somebody, corrected once, then disabled."""
    name = f"{rng.getrandbits(60):x}"
    mark = marked.mark
    phone, sso = mark(f"+86-{rng.randrange(10**9, 10**10)}"), mark(f"sso.{name}")
    details = staff.Details(mark(f"张{name}先生"), mark(f"{name}@example.com"), phone, sso)
    grant = grants.GrantOrder("engineer", "provider", None)
    order = staff.InvitePerson(mark(f"u{name}"), details, grant, f"secret-{name}")
    key = int(worlds.run(staff.invite_person, order).subject_id or 0)
    later = staff.Details(mark(f"王{name}女士"), details.email, details.phone, details.sso_name)
    worlds.run(staff.edit_person, staff.EditPerson(key, later))
    return key


def leaves(rng: random.Random, marked: Marked) -> int:
    key = person(rng, marked)
    worlds.run(staff.disable_person, staff.OfPerson(key))
    marked.people.append(key)
    marked.steps.append((erasure.erase_person, erasure.ErasePerson(key)))
    return key


def contact(world: World, rng: random.Random, marked: Marked) -> None:
    """A fault whose reporter can be reached, as a phone sends it."""
    said = marked.mark(f"李{rng.getrandbits(60):x} 13{rng.randrange(10**9)}")
    form = worlds.fault_form(world, contact=said)
    worlds.deliver("fault", form, world.engineer)
    row = FaultContact.select().order_by(FaultContact.id.desc()).first()
    if row is None or row.contact != said:
        raise AssertionError("the contact was not kept")
    marked.steps.append((faults.erase_contact, faults.EraseContact(row.fault_id)))


def borrower(world: World, rng: random.Random, marked: Marked) -> None:
    """A device in somebody's hands, and back again with a word on it."""
    who = marked.mark(f"借用人{rng.getrandbits(60):x}")
    why = marked.mark(f'会议 "{rng.getrandbits(60):x}"')
    order = lending.LendDevice(world.devices[0].id, who, date(2030, 1, 1), why)
    worlds.run(lending.lend_device, order)
    row = Lending.select().order_by(Lending.id.desc()).get()
    worlds.run(lending.return_device, lending.ReturnDevice(row.id, None))
    marked.steps.append((erasure.erase_record, erasure.EraseRecord("lending", row.id)))
    marked.values.remove(why.encode())
    marked.values.append(why.split('"')[1].encode())


def photo(world: World, rng: random.Random, marked: Marked) -> str:
    """A picture of its own bytes; returns its hash."""
    held = BytesIO()
    Image.frombytes("RGB", (16, 16), rng.randbytes(768)).save(held, "PNG")
    data = held.getvalue()
    marked.values.append(data[60:100])
    digest = hashlib.sha256(data).hexdigest()
    blobs.put_photo(data)
    named = worlds.fault_form(world, photo=f"blob:{digest}")
    worlds.deliver("fault", named, world.engineer,
                   photos=(Photo(digest, "image/png", len(data)),))  # fmt: skip
    blobs.derivative(digest, "thumb")
    row = Attachment.get(Attachment.sha256 == digest)
    marked.steps.append((erasure.erase_photo, erasure.ErasePhoto(row.id)))
    return digest


def fill(world: World, count: int, seed: int = 1) -> Marked:
    """`count` people who left, and to every fifth of them a contact, a borrower and a photo."""
    rng, marked = random.Random(seed), Marked()
    for number in range(count):
        leaves(rng, marked)
        if number % 5 == 0:
            contact(world, rng, marked)
            borrower(world, rng, marked)
            photo(world, rng, marked)
    rng.shuffle(marked.steps)
    return marked


def erase(marked: Marked, actor: Actor = SYSTEM) -> None:
    for verb, order in marked.steps:
        assert worlds.run(verb, order, actor).outcome == "done"


def files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All bytes of an installation: the files of its folder, and those of its tables."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()
    if db.kind() == "postgresql":
        yield from _tables()


def _tables() -> Iterator[tuple[str, bytes]]:
    """As the server has them on its disk, catalogues too; its administrator may read them."""
    with psycopg.connect(lanes.postgresql_url(), autocommit=True) as server:
        server.execute("CHECKPOINT")
        name = db.database.database
        row = server.execute("SELECT oid FROM pg_database WHERE datname = %s", (name,)).fetchone()
        assert row
        for (file,) in server.execute("SELECT pg_ls_dir(%s)", (f"base/{row[0]}",)).fetchall():
            where = f"base/{row[0]}/{file}"
            held = server.execute(
                "SELECT pg_read_binary_file(%s, 0, 1 << 29, true)", (where,)
            ).fetchone()
            yield where, bytes(held[0]) if held and held[0] else b""


def found(folder: Path, values: list[bytes]) -> dict[str, list[bytes]]:
    """Which files hold which of the values; one pass over each file per value."""
    hits = {name: [one for one in values if one in data] for name, data in files(folder)}
    return {name: held for name, held in hits.items() if held}
