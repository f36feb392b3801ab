"""Family 13: empty and cut photos, the place in a photo, two fills of one page."""

import io

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect

from roundtag.models import Attachment, Fault, Submission
from tests.e2e.conftest import Open
from tests.e2e.phone import photo
from tests.e2e.server import Server
from tests.e2e.steps import status

GPS = 0x8825


def placed() -> FilePayload:
    """A photo as a camera makes it, which says where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(GPS).update({1: "N", 2: (31.0, 14.0, 5.5), 3: "E", 4: (121.0, 28.0, 1.0)})
    out = io.BytesIO()
    Image.effect_noise((320, 240), 80).convert("RGB").save(out, "JPEG", exif=exif)
    return FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=out.getvalue())


@pytest.mark.parametrize("share", [0, 0.02, 0.5, 0.95])
def test_an_empty_or_cut_photo_is_refused_on_the_phone(
    open_page: Open, unused: dict[str, list[str]], share: float
) -> None:
    page = open_page()
    page.goto(f"/t/{unused['device'][0]}")
    page.wait_for_selector("html[data-ready]", state="attached")
    whole = photo()
    cut = {**whole, "buffer": whole["buffer"][: int(len(whole["buffer"]) * share)]}
    page.set_input_files("#fault input[name=photo]", [cut])
    told = page.locator("#fault [data-error-for=photo]")
    expect(told).to_contain_text("empty" if not share else "cannot be read")
    expect(page.locator("#fault canvas")).to_have_count(0)


def test_a_form_without_script_leaves_the_place_at_the_door(
    open_page: Open, site: Server, tag: str
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"/t/{tag}#fault")
    page.locator("#fault [name=symptom] + label").first.click()
    page.set_input_files("#fault input[name=photo]", [placed()])
    page.click("#fault button[type=submit]")
    expect(page.locator("main")).to_contain_text("is reported")
    with site.records():
        fault = Fault.select().order_by(Fault.id.desc()).first()
        [kept] = Attachment.select().where(Attachment.submission == fault.submission)
        data = (site.data_dir / "blobs" / kept.sha256[:2] / kept.sha256).read_bytes()
    assert not Image.open(io.BytesIO(data)).getexif().get_ifd(GPS)


def test_two_fills_of_one_page_are_two_records(open_page: Open, site: Server, tag: str) -> None:
    page = open_page()
    page.goto(f"/t/{tag}")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.click("a[href='#fault']")
    for _ in range(2):
        page.locator("#fault [name=symptom] + label").first.click()
        page.click("#fault button[type=submit]")
        expect(status(page, "#fault")).to_contain_text("Received")
        page.click("#fault [data-new-entry]")
    with site.records():
        sent = Submission.select().where(Submission.body.contains(tag))
        assert len({row.id for row in sent}) == 2
