"""The auditor's room: who sees which log, a check by one button, files to take home, proofs."""

import base64
import io
import zipfile

import pytest
from flask.testing import FlaskClient

from roundtag import clock, heads, ledger
from roundtag.models import Device, Leaf, LogCheck, Notification
from roundtag.tlog import checkpoint, tree
from tests import world as worlds
from tests.web.conftest import SignIn
from tests.world import World


@pytest.fixture
def auditor(world: World, signed_in: SignIn) -> FlaskClient:
    worlds.person("auditor-here", ("auditor", "client", world.client_id))
    return signed_in("auditor-here")


def log_id(world: World | None) -> int:
    return int(ledger.log_of(world.client_id if world else None).id)


def do_jobs() -> None:
    for row in LogCheck.select().where(LogCheck.done_at.is_null()):
        heads.check(row.key)


def test_an_auditor_sees_their_clients_log_alone(world: World, other: World,
                                                 auditor: FlaskClient) -> None:  # fmt: skip
    page = auditor.get("/ledger").text
    assert f"/ledger/{log_id(world)}" in page
    assert f"/ledger/{log_id(other)}" not in page
    assert f"/ledger/{log_id(None)}" not in page
    for key in (log_id(other), log_id(None), 999_999):
        for name in ("", "/export.zip", "/heads.txt", "/proof.json?leaf=0&size=1"):
            assert auditor.get(f"/ledger/{key}{name}").status_code == 404
        assert auditor.post(f"/ledger/{key}/checks").status_code == 404


@pytest.mark.parametrize("who", ["engineer-a", "desk-all", "storekeeper-all"])
def test_it_is_not_for_everybody(signed_in: SignIn, who: str) -> None:
    assert signed_in(who).get("/ledger").status_code == 403


def test_one_button_says_whether_it_is_true(world: World, auditor: FlaskClient) -> None:
    where = f"/ledger/{log_id(world)}"
    assert auditor.post(f"{where}/checks").location == where
    assert auditor.post(f"{where}/checks").location == where
    assert LogCheck.select().count() == 1  # one that is under way is the same one
    assert 'hx-trigger="load delay:2s"' in auditor.get(where, headers={"HX-Request": "true"}).text
    do_jobs()
    assert "校验通过" in auditor.get(where).text
    device = world.devices[0].id
    Device.update(name="x").where(Device.id == device).execute()
    auditor.post(f"{where}/checks")
    do_jobs()
    page = auditor.get(where).text
    assert "校验未通过" in page
    assert f"device {device} differs from its leaf" in page
    told = {row.recipient.username for row in Notification.select() if row.kind == "ledger-alarm"}
    assert "auditor-here" in told
    assert "auditor-elsewhere" not in told


def test_what_is_taken_home_is_checked_there(world: World, auditor: FlaskClient) -> None:
    answer = auditor.get(f"/ledger/{log_id(world)}/export.zip")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert {"export.json", "leaves.jsonl", "heads.txt", "rows.jsonl", "verify.py"} <= {
            *archive.namelist()
        }
        heads_there = archive.read("heads.txt").decode()
    assert auditor.get(f"/ledger/{log_id(world)}/heads.txt").text == heads_there
    origin = ledger.log_of(world.client_id).origin
    assert checkpoint.read(heads_there, origin, heads.public_key()).size == (
        ledger.log_of(world.client_id).size
    )


def test_proofs_are_handed_out(world: World, auditor: FlaskClient) -> None:
    auditor.get(f"/ledger/{log_id(world)}/heads.txt")
    head = heads.newest(world.client_id)
    assert head
    where = f"/ledger/{log_id(world)}/proof.json"
    answer = auditor.get(f"{where}?leaf=1&size={head.size}").get_json()
    path = [base64.b64decode(one) for one in answer["proof"]]
    leaf = Leaf.get((Leaf.log == log_id(world)) & (Leaf.leaf_index == 1))
    assert tree.verify_inclusion(1, head.size, bytes.fromhex(leaf.hash), path,
                                 bytes.fromhex(head.root))  # fmt: skip
    first = tree.root([bytes.fromhex(Leaf.get((Leaf.log == log_id(world))
                                              & (Leaf.leaf_index == 0)).hash)])  # fmt: skip
    answer = auditor.get(f"{where}?first=1&second={head.size}").get_json()
    path = [base64.b64decode(one) for one in answer["proof"]]
    assert tree.verify_consistency(1, first, head.size, bytes.fromhex(head.root), path)


@pytest.mark.parametrize(
    ("asked", "status"),
    [("", 422), ("?leaf=1", 422), ("?leaf=x&size=1", 422), ("?leaf=9&size=3", 404),
     ("?leaf=0&size=99999", 404), ("?first=3&second=1", 404), ("?first=0&second=999999", 404)],
)  # fmt: skip
def test_a_proof_of_nothing_is_refused(world: World, auditor: FlaskClient, asked: str,
                                       status: int) -> None:  # fmt: skip
    assert auditor.get(f"/ledger/{log_id(world)}/proof.json{asked}").status_code == status


def test_the_page_that_checks_needs_no_account(visitor: FlaskClient) -> None:
    page = visitor.get("/verify")
    assert page.status_code == 200
    assert "data-verify" in page.text
    assert "verify.py" in page.text


def test_the_head_of_a_document_is_looked_up(world: World, visitor: FlaskClient) -> None:
    head = heads.sign(world.client_id, clock.now())
    assert head
    origin, size, root = head.note.split("\n")[:3]
    asked = {"log": origin, "size": size, "root": root}
    assert "由本系统于" in visitor.get("/verify", query_string=asked).text
    for wrong in ({"root": "A" * 44}, {"size": "x"}, {"size": "9" * 30}, {"log": "<b>"}):
        page = visitor.get("/verify", query_string={**asked, **wrong})
        assert page.status_code == 200
        assert "没有签过这样的日志头" in page.text
