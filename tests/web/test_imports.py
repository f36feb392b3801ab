"""The pages of import and export: without JavaScript, and nothing written before it is accepted."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from roundtag import jobs, register
from roundtag.models import Device, ImportBatch, ImportMapping, Room
from roundtag.register import batches, table
from tests import world as worlds
from tests.roundtag.test_register import DEVICES, ROOMS, sound
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.reading import Page
from tests.world import World

NEW = DEVICES.replace("R1,", "A301,")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def manager(signed_in: SignIn) -> FlaskClient:
    browser = signed_in("manager-all")
    browser.set_cookie("lang", "en")
    return browser


def send(browser: FlaskClient, world: World, *texts: str | bytes, name: str = "list.csv",
         **more: str) -> TestResponse:  # fmt: skip
    given = [(io.BytesIO(t.encode() if isinstance(t, str) else t), name) for t in texts]
    data = {"client": str(world.client_id), "files": given, **more}
    return browser.post("/register/import", data=data, content_type="multipart/form-data")


def looked(browser: FlaskClient, world: World, *texts: str | bytes, **more: str) -> str:
    answer = send(browser, world, *texts, **more)
    assert answer.status_code == 303, answer.text
    return answer.location


def accepted(browser: FlaskClient, where: str) -> TestResponse:
    form = Page(browser.get(where).text).form(f"{where}/acceptance")
    return browser.post(f"{where}/acceptance", data=form.filled())


def test_from_the_file_to_the_register(manager: FlaskClient, world: World) -> None:
    before = snapshot(ImportBatch)
    shown = Page(manager.get("/register/import").text).form("/register/import")
    assert {"client", "files", "submission_id"} <= shown.names
    where = looked(manager, world, ROOMS, NEW, **{"submission_id": shown.filled()["submission_id"]})
    assert where == f"/register/import/{shown.filled()['submission_id']}"
    assert snapshot(ImportBatch) == before
    assert "Accept and write" in manager.get(where).text
    answer = accepted(manager, where)
    assert (answer.status_code, answer.location) == (303, where)
    assert "3 created, 0 updated, 0 unchanged." in manager.get(where).text
    assert Device.select().where(Device.code << ("P1", "M1")).count() == 2
    assert sound(world.client_id)
    again = manager.get(looked(manager, world, ROOMS, NEW)).text
    assert "Nothing to change" in again
    assert "acceptance" not in again


def test_a_form_sent_twice_is_one_import(manager: FlaskClient, world: World) -> None:
    key = worlds.new_id()
    first, second = (looked(manager, world, NEW, submission_id=key) for _ in range(2))
    assert first == second
    form = Page(manager.get(first).text).form(f"{first}/acceptance").filled()
    for _ in range(2):
        assert manager.post(f"{first}/acceptance", data=form).status_code == 303
    assert Device.select().where(Device.code == "P1").count() == 1
    assert ImportBatch.select().count() == 1


def test_bad_cells_are_shown_with_their_place(manager: FlaskClient, world: World) -> None:
    where = looked(manager, world, NEW.replace("2027-01-31", "=明年") + "A301,X,x,a,a,b,S-9,,z\n")
    page = manager.get(where)
    for words in ("errors: nothing can be written", "This is no date", "line 2", "保修截止",
                  "This row has 9 cells"):  # fmt: skip
        assert words in page.text
    assert "acceptance" not in page.text
    listed = manager.get(f"{where}/problems.csv")
    assert listed.headers["Content-Disposition"] == 'attachment; filename="roundtag-problems.csv"'
    rows = list(csv.DictReader(io.StringIO(listed.get_data().decode("utf-8-sig"))))
    assert [(row["Kind"], row["Line"], row["Value"]) for row in rows] == [
        ("Error", "2", "'=明年"), ("Error", "4", ""),
    ]  # fmt: skip


def test_changes_are_shown_before_and_after(manager: FlaskClient, world: World) -> None:
    accepted(manager, looked(manager, world, NEW))
    where = looked(manager, world, NEW.replace("投影机,projector", "主投影机,projector"))
    page = Page(manager.get(f"{where}?sort=changes").text)
    assert [e.text for e in page.all("del")] == ["投影机"]
    assert [e.text for e in page.all("ins")] == ["主投影机"]


def test_a_preview_that_went_stale_is_shown_anew(manager: FlaskClient, world: World) -> None:
    accepted(manager, looked(manager, world, NEW))
    where = looked(manager, world, NEW.replace("投影机,projector", "新,projector"))
    form = Page(manager.get(where).text).form(f"{where}/acceptance").filled()
    Device.update(name="别人").where(Device.code == "P1").execute()
    manager.post(f"{where}/acceptance", data=form)
    page = manager.get(where).text
    assert "The register has changed since you looked" in page
    assert "别人" in page
    assert Device.get(Device.code == "P1").name == "别人"


def test_columns_are_chosen_by_hand_and_remembered(manager: FlaskClient, world: World) -> None:
    odd = NEW.replace("品牌", "牌子", 1)
    where = looked(manager, world, odd)
    form = Page(manager.get(where).text).form(f"{where}/mapping").filled()
    assert (form["t0-c4"], form["t0-c0"]) == ("", "room")
    wrong = manager.post(f"{where}/mapping", data={**form, "t0-c4": "colour"})
    assert wrong.status_code == 422
    assert "Choose one of the list." in wrong.text
    assert manager.post(f"{where}/mapping", data={**form, "t0-c4": "maker"}).status_code == 303
    assert "Accept and write" in manager.get(where).text
    assert ImportMapping.select().count() == 1
    assert "columns as last time" in manager.get(looked(manager, world, odd)).text


def test_a_workbook_comes_in_and_its_cells_are_named(manager: FlaskClient, world: World) -> None:
    out = io.BytesIO()
    register.export.write(out, register.export.Export(world.client_id, ("rooms",), "xlsx"),
                          world.manager)  # fmt: skip
    assert (
        "Nothing to change"
        in manager.get(looked(manager, world, out.getvalue(), name="r.xlsx")).text
    )
    book = load_workbook(io.BytesIO(out.getvalue()))
    book["会议室"]["F2"] = "航母"
    out = io.BytesIO()
    book.save(out)
    page = manager.get(looked(manager, world, out.getvalue(), name="r.xlsx")).text
    assert "F2" in page
    assert "This kind of room is unknown." in page


@pytest.mark.parametrize(("data", "words"), [
    (b"\xd0\xcf\x11\xe0" + bytes(600), "old workbook"), (b"PK\x03\x04", "damaged"),
    (b"", "empty"), (b"a,b\n1,2\n", "no heading that is known"), (b"\xff\xfe\x00", "neither UTF-8"),
    (b'site,building\n"a', "quotation marks"),
])  # fmt: skip
def test_files_that_cannot_be_read_say_why(
    manager: FlaskClient, world: World, data: bytes, words: str
) -> None:
    assert words in manager.get(looked(manager, world, data)).text


def test_what_is_wrong_with_the_form_stands_beside_its_field(
    manager: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = manager.post("/register/import", data={})
    page = Page(nothing.text)
    assert nothing.status_code == 422
    assert page.error("client", "i-") == "Choose a client."
    assert "Choose one to 3 files." in page.error("files", "i-")
    assert "Choose one to 3 files." in Page(send(manager, world, *["x"] * 4).text).error(
        "files", "i-"
    )
    monkeypatch.setattr(table, "MAX_BYTES", 100)
    large = send(manager, world, "x" * 101)
    assert (large.status_code, ImportBatch.select().count()) == (422, 0)
    assert "larger than" in Page(large.text).error("files", "i-")


def test_a_body_of_a_hundred_megabytes_is_refused_unread(manager: FlaskClient) -> None:
    class Unread(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("nobody should read this")

    answer = manager.post(
        "/register/import", content_type="multipart/form-data; boundary=x",
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": "100000000"},
    )  # fmt: skip
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_long_list_shows_how_far_it_is(
    manager: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(jobs, "hand_over", lambda job_id: True)
    where = looked(manager, world, NEW)
    key = where.rsplit("/", 1)[1]
    page = manager.get(where).text
    assert 'hx-trigger="every 1s"' in page
    assert "<noscript><meta http-equiv" in page
    assert "<progress" in manager.get(where, headers=HTMX).text
    batches.look_job(key)
    assert accepted(manager, where).status_code == 303
    assert "In the queue" not in manager.get(where).text
    assert "list.csv" in manager.get("/register/import").text
    batches.store_job(key)
    done = manager.get(where, headers=HTMX).text
    assert "hx-get" not in done
    assert "2 created" in done


def test_others_do_not_find_it(manager: FlaskClient, world: World, signed_in: SignIn) -> None:
    where = looked(manager, world, NEW)
    stranger = signed_in("manager-elsewhere")
    for path in (where, f"{where}/problems.csv"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{where}/acceptance", data={"digest": "x"}).status_code == 404
    for key in ("%00", "x", "..%2f..", worlds.new_id()):
        assert manager.get(f"/register/import/{key}").status_code == 404
    refused = send(stranger, world, NEW)
    assert refused.status_code == 422
    assert Device.select().where(Device.code == "P1").count() == 0


def test_names_of_files_are_only_names(manager: FlaskClient, world: World) -> None:
    page = manager.get(looked(manager, world, NEW, name="../../etc/<b>x</b>.csv")).text
    assert "../" not in page
    assert "<b>x" not in page
    assert "b&gt;.csv" in page


def test_the_register_is_downloaded(manager: FlaskClient, world: World) -> None:
    form = Page(manager.get("/register/export").text).form("/register/export/file", "get")
    assert {"client", "kind", "format"} <= form.names
    asked = {"client": str(world.client_id), "kind": "rooms", "format": "csv"}
    answer = manager.get("/register/export/file", query_string=asked)
    assert answer.mimetype == "text/csv"
    assert re.fullmatch(r"attachment; filename=roundtag-A-rooms-[\d-]+\.csv",
                        answer.headers["Content-Disposition"])  # fmt: skip
    assert answer.get_data().decode("utf-8-sig").startswith("site,building,floor")
    whole = manager.get(
        "/register/export/file", query_string={**asked, "kind": "all", "format": "xlsx"}
    )
    assert load_workbook(io.BytesIO(whole.data)).sheetnames == ["Rooms", "Devices", "Spares"]
    where = looked(manager, world, whole.data, name="all.xlsx")
    assert "Nothing to change" in manager.get(where).text


@pytest.mark.parametrize(("asked", "words"), [
    ({}, "Choose a client."), ({"kind": "people"}, "Choose one of the list."),
    ({"kind": "all", "format": "csv"}, "A CSV file holds one list."),
    ({"kind": "rooms", "format": "exe"}, "Choose one of the list."),
    ({"kind": "rooms", "client": "99999"}, "Choose one of the list."),
])  # fmt: skip
def test_a_download_that_cannot_be_says_why(
    manager: FlaskClient, world: World, asked: dict[str, str], words: str
) -> None:
    full = {"client": str(world.client_id), **asked} if asked else {}
    answer = manager.get("/register/export/file", query_string=full)
    assert (answer.status_code, words in answer.text) == (422, True)


def test_who_sees_the_ways(signed_in: SignIn, world: World) -> None:
    seen = {
        who: [path for path in ("/register/import", "/register/export") if path in text]
        for who, text in ((who, signed_in(who).get("/more").text)
                          for who in ("manager-all", "engineer-a", "viewer-a"))
    }  # fmt: skip
    assert seen == {"manager-all": ["/register/import", "/register/export"], "engineer-a": [],
                    "viewer-a": ["/register/export"]}  # fmt: skip
    viewer = signed_in("viewer-a")
    foreign = viewer.get("/register/export/file", query_string={"client": "2", "kind": "rooms"})
    assert foreign.status_code == 422
    assert Room.select().count() >= 2
