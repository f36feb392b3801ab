from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from tests.house.processes import until

PHOTOS = "PUT /sync/photos/"


def picture(shade: int = 90) -> bytes:
    """A 3000 × 1500 JPEG that says where it was taken."""
    image = Image.effect_noise((3000, 1500), shade).convert("RGB")
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (31.0, 14.0, 0.0)}
    exif[0x010F] = "Maker of the phone"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def one_photo(phone: Any) -> None:
    phone.add_photo(picture())
    expect(phone.page.locator("#check canvas")).to_have_count(1)


def test_photo_is_scaled_stripped_listed_then_sent_once(phone: Any, stub: Any) -> None:
    one_photo(phone)
    phone.check()
    phone.says("#check", "Received")
    [envelope] = stub.store.envelopes()
    [(sha, data)] = stub.store.photos().items()
    assert envelope["blobs"] == [{"sha256": sha, "mime": "image/jpeg", "size": len(data)}]
    assert f'["photo","blob:{sha}"]' in envelope["body"]
    assert hashlib.sha256(data).hexdigest() == sha
    image = Image.open(io.BytesIO(data))
    assert max(image.size) == 1600
    assert not image.getexif()
    assert phone.photos() == []
    assert stub.store.rows("SELECT deliveries FROM submission") == [(2,)]


def test_several_photos_add_up_and_one_can_be_taken_back(phone: Any, stub: Any) -> None:
    one_photo(phone)
    phone.add_photo(picture(30))
    expect(phone.page.locator("#check canvas")).to_have_count(2)
    phone.page.click("#check .thumb button >> nth=0")
    phone.check()
    phone.says("#check", "Received")
    assert len(stub.store.photos()) == len(stub.store.envelopes()[0]["blobs"]) == 1


@pytest.mark.parametrize(
    ("data", "sentence"), [(b"", "This photo is empty"), (b"%PDF-1.4", "not a picture")]
)
def test_photo_that_is_none_is_refused_and_the_form_kept(
    phone: Any, stub: Any, data: bytes, sentence: str
) -> None:
    phone.page.fill("#check [name=volts]", "229")
    phone.add_photo(data)
    phone.shows("[data-error-for=photo]", sentence)
    expect(phone.page.locator("#check [name=volts]")).to_have_value("229")
    phone.check("229")
    phone.says("#check", "Received")
    assert stub.store.envelopes()[0]["blobs"] == []


@pytest.mark.parametrize("fault", ["cut-before", "status:503"])
def test_bytes_stay_until_the_server_lists_them(phone: Any, stub: Any, fault: str) -> None:
    stub.faults.waiting += [(PHOTOS, fault)] * 50  # however often it tries meanwhile
    one_photo(phone)
    phone.check()
    phone.says("#check", "Waiting for 1 photos")
    assert len(phone.photos()) == 1
    stub.faults.waiting.clear()
    phone.send()
    phone.says("#check", "Received")
    assert phone.photos() == []
    assert len(stub.store.envelopes()) == len(stub.store.photos()) == 1


def test_bytes_whose_receipt_was_lost_are_kept_once(phone: Any, stub: Any) -> None:
    stub.faults.waiting.append((PHOTOS, "cut-after"))
    one_photo(phone)
    phone.check()
    phone.says("#check", "Received")
    assert stub.faults.waiting == []
    assert phone.photos() == []
    assert len(stub.store.envelopes()) == len(stub.store.photos()) == 1


def test_waiting_is_told_while_the_photo_is_on_its_way(phone: Any, stub: Any) -> None:
    held = list[Route]()
    phone.page.route("**/sync/photos/*", lambda route: held.append(route))
    one_photo(phone)
    phone.check()
    phone.says("#check", "Waiting for 1 photos")
    assert phone.states() == ["photos"]
    until(lambda: phone.page.evaluate("true") and held, "the photo is on its way")
    held.pop().continue_()
    phone.says("#check", "Received")
    assert (phone.photos(), len(stub.store.photos())) == ([], 1)


def test_photo_saved_offline_arrives_later_with_an_equal_hash(phone: Any, stub: Any) -> None:
    phone.page.context.set_offline(True)
    one_photo(phone)
    phone.check()
    phone.says("#check", "Saved")
    [sha] = phone.photos()
    phone.page.context.set_offline(False)
    phone.says("#check", "Received")
    assert list(stub.store.photos()) == [sha]


def test_photo_lost_on_the_phone_is_told(phone: Any, stub: Any) -> None:
    phone.page.context.set_offline(True)
    one_photo(phone)
    phone.check()
    phone.says("#check", "Saved")
    phone.page.evaluate(
        """() => new Promise((resolve) => { const open = indexedDB.open("roundtag");
        open.onsuccess = () => { const tx = open.result.transaction("photos", "readwrite");
        tx.objectStore("photos").clear(); tx.oncomplete = () => resolve(); }; })"""
    )
    phone.page.context.set_offline(False)
    phone.says("#check", "Needs you: a photo is lost")
    assert phone.states() == ["attention"]
