"""Family 7: a new version never breaks what waits. (A dirty form, a failed
precache stand in tests/pwa/test_worker.py, old bodies in tests/roundtag/bodies.)"""

import base64
import hashlib
import json
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from roundtag.models import Fault, Submission
from tests.e2e.conftest import Open, sign_in
from tests.e2e.offline import facts
from tests.e2e.offline.conftest import Hand
from tests.e2e.offline.town import Town
from tests.e2e.phone import photo
from tests.e2e.server import Server
from tests.house.processes import until

# The schema and the rows as the first build wrote them; frozen, whatever pwa/db.js says today.
FIRST_BUILD = """async ({ row, draft, photos }) => {
  const db = await new Promise((done, failed) => {
    const open = indexedDB.open("roundtag", 1);
    open.onupgradeneeded = () => {
      const made = open.result;
      made.createObjectStore("outbox", { keyPath: "submission_id" });
      made.createObjectStore("photos", { keyPath: ["submission_id", "sha256"] });
      made.createObjectStore("drafts", { keyPath: "draft_id" });
      made.createObjectStore("packs", { keyPath: "name" });
      made.createObjectStore("meta");
    };
    open.onsuccess = () => done(open.result);
    open.onerror = () => failed(open.error);
  });
  const tx = db.transaction(["outbox", "photos", "drafts", "meta"], "readwrite");
  tx.objectStore("outbox").put(row);
  tx.objectStore("drafts").put(draft);
  for (const { base64, ...rest } of photos) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
    tx.objectStore("photos").put({ ...rest, bytes });
  }
  tx.objectStore("meta").put(41, "seq");
  tx.objectStore("meta").put(row.install_id, "install_id");
  tx.objectStore("meta").put({ id: row.owner_user_id }, "user");
  await new Promise((done) => (tx.oncomplete = done));
  db.close();
}"""


def first_build(tag: str, me: int) -> dict[str, Any]:
    picture = photo()["buffer"]
    sha = hashlib.sha256(picture).hexdigest()
    pairs = [["tag", tag], ["symptom", "no_picture"], ["description", "旧版"],
             ["photo", f"blob:{sha}"]]  # fmt: skip
    body = json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))
    key, blob = str(uuid.uuid4()), {"sha256": sha, "mime": "image/jpeg", "size": len(picture)}
    row = {
        "submission_id": key, "supersedes": None, "kind": "fault", "entity_key": f"device:{tag}",
        "label": "投影机", "path": f"/t/{tag}", "owner_user_id": me, "form_version": "1",
        "app_version": "000000000000", "body": body,
        "body_sha256": hashlib.sha256(body.encode()).hexdigest(), "photos": [blob],
        "state": "saved", "attempts": 0, "next_at": 0, "last_error": None,
        "created_wall": "2026-11-22T01:12:00.000Z", "receipt": None,
        "install_id": str(uuid.uuid4()), "seq": 41,
    }  # fmt: skip
    draft = {
        "draft_id": f"{me} fault device:{tag}", "id": str(uuid.uuid4()), "photos": [],
        "supersedes": None, "at": "2026-11-22T01:13:00.000Z",
        "body": json.dumps([["tag", tag], ["symptom", "no_sound"], ["description", "未提交"]]),
    }  # fmt: skip
    kept = {"submission_id": key, **blob, "field": "photo", "state": "waiting",
            "base64": base64.b64encode(picture).decode()}  # fmt: skip
    return {"row": row, "draft": draft, "photos": [kept]}


@pytest.fixture
def phone(open_page: Open) -> Page:
    """An engineer's browser that holds nothing yet."""
    page = open_page(staff=False)
    sign_in(page)
    page.goto("/healthz")
    page.evaluate(
        "() => new Promise((go) => (indexedDB.deleteDatabase('roundtag').onsuccess = go))"
    )
    return page


def test_rows_photos_and_drafts_of_the_first_build_go_on(
    phone: Page, site: Server, tag: str
) -> None:
    me = phone.evaluate("async () => (await (await fetch('/sync/whoami')).json()).user.id")
    left = first_build(tag, me)
    phone.evaluate(FIRST_BUILD, left)
    phone.goto(f"/t/{tag}")
    expect(phone.locator("#fault [name=description]")).to_have_value("未提交")
    phone.goto("/outbox")
    expect(phone.locator("[data-outbox-list] [data-state=received]")).to_have_count(1)
    row = left["row"]
    facts.check(site, [row["install_id"]], {row["submission_id"]: row["body_sha256"]})
    with site.records():
        assert Fault.get(Fault.submission == row["submission_id"]).description == "旧版"


def test_a_body_of_a_version_that_is_still_to_come_is_kept(
    phone: Page, site: Server, tag: str
) -> None:
    """A phone may have been updated by another server of ours: nothing is refused for that."""
    me = phone.evaluate("async () => (await (await fetch('/sync/whoami')).json()).user.id")
    left = first_build(tag, me)
    left["row"]["form_version"] = "7"
    phone.evaluate(FIRST_BUILD, left)
    phone.goto("/outbox")
    checking = phone.locator("[data-outbox-group=checking] [data-field=state]")
    expect(checking).to_contain_text("Office is checking")
    with site.records():
        assert Submission.get_by_id(left["row"]["submission_id"]).outcome == "review"


def test_the_pages_on_the_phone_follow_another_language_at_once(hand: Hand, town: Town) -> None:
    phone = hand(town)
    assert [pack["language"] for pack in phone.store("packs")] == ["en"]
    phone.open("/more")
    phone.page.click("form[action='/language'] button[value=zh]")
    expect(phone.page.locator("html[lang^=zh]")).to_be_attached()
    until(lambda: phone.store("packs")[0]["language"] == "zh", "the pack is in Chinese", 30)
    phone.offline()
    phone.open(f"/t/{town.tags()[0]['code']}")
    expect(phone.page.locator("html[lang^=zh]")).to_be_attached()
    phone.offline(False)
    phone.open("/more")
    phone.page.click("form[action='/language'] button[value=en]")
    until(lambda: phone.store("packs")[0]["language"] == "en", "and in English again", 30)
