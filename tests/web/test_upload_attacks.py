"""Files that are not what they say, at every door that takes a file. (Attack: Upload.)"""

import gzip
import hashlib
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from roundtag import blobs
from roundtag.models import Attachment, Blob
from tests import world as worlds
from tests.roundtag.test_blobs import SVG, bomb, encoded
from tests.roundtag.test_workbook import FOREIGN, LAUGHS, ROOM, SHEET, repacked, rooms, shared
from tests.seeing import stored
from tests.web.conftest import SignIn
from tests.web.phone import SYNC, phone
from tests.world import World

HTML = b"<!doctype html><script>alert(1)</script>"
FITS = b"SIMPLE  =                    T" + b" " * 2850
EVIL: dict[str, bytes] = {
    "svg": SVG,
    "html": HTML,
    "polyglot": b"GIF89a/*" + encoded("JPEG") + b"*/=1;alert(1)",
    "bomb": bomb(50_000),
    "fits": FITS,
    "gzip": gzip.compress(FITS + bytes(20_000_000)),
    "truncated": encoded("JPEG", (900, 900), quality=95)[:3000],
    "nothing": b"\0" * 50,
}
BOMB = repacked(rooms(ROOM), **{SHEET: b"<a>" + b" " * 90_000_000})
NAMES = ("a.jpg", "a.jpg.svg", "a.svg.jpg", "../../a.jpg", "..\\a.jpg", "a.jpg\0.svg",
         "/etc/passwd", "a.php;.jpg", "\u202egpj.svg", "a" * 300 + ".jpg")  # fmt: skip
Door = Callable[[bytes, str, str], TestResponse]


@pytest.fixture
def doors(world: World, signed_in: SignIn, visitor: FlaskClient) -> dict[str, Door]:
    engineer, desk = signed_in("engineer-a"), signed_in("manager-all")

    def form(browser: FlaskClient, path: str, field: str, **fields: str) -> Door:
        def send(data: bytes, name: str, mime: str) -> TestResponse:
            sent = {**fields, field: (io.BytesIO(data), name, mime)}
            return browser.post(path, data=sent, content_type="multipart/form-data")

        return send

    def sync(data: bytes, name: str, mime: str) -> TestResponse:
        digest = hashlib.sha256(data).hexdigest()
        fields = worlds.fault_form(world, photo=f"blob:{digest}")
        listed = [{"sha256": digest, "mime": mime, "size": len(data)}]
        body = phone("fault", fields, world.engineer.person_id, blobs=listed)
        engineer.post(f"/sync/{body['id']}", json=body, headers=SYNC)
        return engineer.put(f"/sync/photos/{digest}", data=data,
                            headers={**SYNC, "Content-Type": mime})  # fmt: skip

    tag, room = world.tags[0], world.room_tag
    return {
        "sync": sync,
        "staff": form(engineer, f"/t/{tag}/faults", "photo", **worlds.fault_form(world)),
        "attendee": form(visitor, f"/t/{room}/faults", "photo", tag=room, symptom="no_sound"),
        "device": form(engineer, f"/devices/{world.devices[0].id}/photo", "photo"),
        "import": form(desk, "/register/import", "files", client=str(world.client_id)),
        "rescue": form(desk, "/rescue", "file"),
    }


@pytest.mark.parametrize("kind", EVIL)
def test_what_is_no_photo_is_kept_at_no_door(doors: dict[str, Door], kind: str) -> None:
    """Whatever the name and the header say (MIME lie): bytes decide."""
    before = Blob.select().count(), stored()
    for name, door in doors.items():
        for mime in ("image/jpeg", "image/png"):
            answer = door(EVIL[kind], "a.jpg", mime)
            assert answer.status_code in {303, 400, 413, 415, 422}, (name, answer.status_code)
            if answer.status_code == 303:
                assert name == "import", name  # its page says what is wrong with the file
    assert (Blob.select().count(), stored()) == before


def test_no_name_of_a_file_leads_anywhere(doors: dict[str, Door]) -> None:
    """Double extension, NUL, ../: bytes are kept under their hash, whatever they are called."""
    for number, name in enumerate(NAMES):
        data = worlds.jpeg(f"#0000{number:02x}")[0]
        for door in doors.values():
            assert door(data, name, "image/jpeg").status_code < 500, name
    for name in stored():
        assert blobs.is_digest(name.split(".")[0]), name


@pytest.mark.parametrize("bad", [
    BOMB,
    repacked(shared(), **{"xl/sharedStrings.xml": LAUGHS}),
    repacked(shared(), **{"xl/sharedStrings.xml": FOREIGN}),
    gzip.compress(bytes(30_000_000)),
], ids=["zip-bomb", "billion-laughs", "xxe", "gzip-bomb"])  # fmt: skip
def test_no_workbook_unpacks_or_fetches(
    doors: dict[str, Door], signed_in: SignIn, bad: bytes
) -> None:
    answer = doors["import"](bad, "rooms.xlsx", "application/octet-stream")
    assert answer.status_code in {303, 422}
    page = signed_in("manager-all").get(answer.location).text if answer.location else answer.text
    assert "root:" not in page
    assert "hahaha" not in page


def test_photos_go_out_redrawn_and_as_nothing_else(
    doors: dict[str, Door], signed_in: SignIn
) -> None:
    """A whole photo with a page behind it is a photo: what people get holds none of the page."""
    data = worlds.jpeg("teal")[0] + HTML + b"PK\x03\x04"
    assert doors["sync"](data, "a.jpg", "image/jpeg").status_code == 201
    browser, photo = signed_in("engineer-a"), Attachment.get().id
    for path in (f"/photos/{photo}", f"/photos/{photo}?size=thumb", f"/photos/{photo}?size=x"):
        answer = browser.get(path)
        assert Image.open(io.BytesIO(answer.data), formats=["JPEG"]).format == "JPEG"
        assert b"script" not in answer.data
        assert b"PK\x03\x04" not in answer.data
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].startswith("inline; filename=photo-")


HUNGRY = """
import sys
from pathlib import Path
import app
from roundtag import blobs, errors
from roundtag.register import sheets

for name in sys.argv[1:]:
    data = Path(name).read_bytes()
    if name.endswith("xlsx"):
        assert sheets.read([("b.xlsx", data)]).problems
        continue
    for take in (blobs.sniff, blobs.redrawn):
        try:
            take(data)
        except (errors.BadImage, errors.TooLarge):
            continue
        assert name.endswith("largest"), name
print([line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1])
"""


def test_a_process_stays_below_300_megabytes(tmp_path: Path) -> None:
    """The most that a process of its own ever held (MB), all that it imports included."""
    largest = {f"{kind}-largest": encoded(kind, (width, most // width))
               for kind, width, most in (("JPEG", 8000, blobs.MAX_PIXELS),
                                         ("PNG", 6000, blobs.PIXELS["PNG"]),
                                         ("WEBP", 4000, blobs.PIXELS["WEBP"]))}  # fmt: skip
    files = {**EVIL, **largest, "bomb.xlsx": BOMB}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    done = subprocess.run([sys.executable, "-c", HUNGRY, *(str(tmp_path / n) for n in files)],
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout) // 1024 < 300, done.stdout
