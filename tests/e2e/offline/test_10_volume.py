"""Family 10: five hundred entries with a poison one in the middle; photos too large for anybody.
(What a phone does for each status, 422 to 507: tests/pwa/test_replies.py.)"""

import hashlib
import json
import os
import uuid
from typing import Any

import pytest

from tests import world
from tests.e2e.client import Client, Forms, envelope
from tests.e2e.offline import facts
from tests.e2e.offline.conftest import Hand
from tests.e2e.offline.plan import Entry
from tests.e2e.offline.town import PEOPLE, Town

PATIENCE = 300
COPY = """async ([many, poison, codes]) => {
  const db = await new Promise((resolve) => {
    const open = indexedDB.open("roundtag");
    open.onsuccess = () => resolve(open.result);
  });
  const get = db.transaction("outbox").objectStore("outbox").getAll();
  const [row] = await new Promise((resolve) => (get.onsuccess = () => resolve(get.result)));
  const rows = [];
  for (let n = 1; n < many; n += 1) {
    const tag = codes[n % codes.length];
    const symptom = n === poison ? "no such symptom" : "no_picture";
    const body = JSON.stringify([["tag", tag], ["symptom", symptom], ["description", `no. ${n}`]]);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0"));
    rows.push({ ...row, submission_id: crypto.randomUUID(), seq: row.seq + n, body,
      entity_key: `device:${tag}`, body_sha256: hex.join("") });
  }
  const change = db.transaction("outbox", "readwrite");
  rows.forEach((each) => change.objectStore("outbox").put(each));
  await new Promise((resolve) => (change.oncomplete = resolve));
  db.close();
}"""


@pytest.mark.parametrize("many", [100, pytest.param(500, marks=pytest.mark.soak)])
def test_many_with_a_poison_one_in_the_middle(hand: Hand, town: Town, many: int) -> None:
    phone, codes = hand(town), [tag["code"] for tag in town.tags()]
    phone.offline()
    phone.file(phone.at(0, f"/t/{codes[0]}"), Entry("fault", 0, (1, 2), photo=None, taps=1))
    phone.page.evaluate(COPY, [many, many // 2, codes])
    phone.offline(False)
    rows = phone.empty(seconds=PATIENCE)
    assert len(rows) == many
    [poison] = [row for row in rows if row["state"] != "received"]
    assert (poison["state"], poison["last_error"]["status"]) == ("attention", 422)
    facts.agree(town, [row for row in rows if row is not poison])


def big(size: int) -> bytes:
    return b"\xff\xd8\xff" + os.urandom(size - 3)


def test_a_photo_over_the_limit_is_refused_before_and_after_it_is_read(town: Town) -> None:
    script = Client(town.url).sign_in(PEOPLE[0], world.PASSWORD)
    page = script.ask("GET", f"/t/{town.tags()[0]['code']}").data.decode()
    pairs, photo = Forms(page).filled["fault"], big(10_000_000)
    sha = hashlib.sha256(photo).hexdigest()

    def item(size: int) -> dict[str, Any]:
        blobs = [{"sha256": sha, "mime": "image/jpeg", "size": size}]
        named = [*pairs, ("photo", f"blob:{sha}")]
        made = envelope("fault", named, script.whoami(), 1)
        return {**made, "install_id": str(uuid.uuid4()), "blobs": blobs}

    assert script.send(item(len(photo))).status == 413
    liar = item(8_000_000)
    assert script.send(liar).status == 201
    reply = script.ask("PUT", f"/sync/photos/{sha}", photo, **{"Content-Type": "image/jpeg"})
    assert reply.status == 413
    assert json.loads(reply.data)["detail"]
    assert script.send(liar).json["missing"] == [sha]


def test_an_envelope_over_the_limit_is_refused_and_its_id_stays_free(town: Town) -> None:
    script = Client(town.url).sign_in(PEOPLE[0], world.PASSWORD)
    page = script.ask("GET", f"/t/{town.tags()[0]['code']}").data.decode()
    made = envelope("fault", Forms(page).filled["fault"], script.whoami(), 1)
    made["install_id"] = str(uuid.uuid4())
    assert script.send({**made, "app_version": "x" * 600_000}).status == 413
    assert script.send(made).status == 201
    facts.check(town, [made["install_id"]], {made["id"]: made["sha256"]})
