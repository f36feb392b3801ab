"""A phone with a profile on disk: its browser may be killed and started again."""

import base64
import io
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import BrowserContext, FilePayload, Page, Playwright, expect

from tests.e2e.proxy import Proxy
from tests.house import chromium
from tests.house.chromium import CONTROLLED, READ_STORE, becomes

PHOTO_BYTES = """async () => {
  const rows = await (READ)("photos");
  return rows.map(({ sha256, bytes }) => {
    let text = "";
    for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
    return [sha256, btoa(text)];
  });
}""".replace("READ", READ_STORE)
SCANNER_KEPT = """async () => {
  const name = (await caches.keys()).find((one) => one.startsWith("reader-"));
  return Boolean(name) && (await (await caches.open(name)).keys()).length === 2;
}"""
SEND_AGAIN = """async (rows) => {
  const headers = { "X-Roundtag-Sync": "1", "Content-Type": "application/json" };
  const replies = [];
  for (const row of rows) {
    const envelope = {
      sync: 1, id: row.submission_id, form: row.kind, form_version: row.form_version,
      app_version: row.app_version, install_id: row.install_id, seq: row.seq,
      owner: row.owner_user_id, carrier: null, claimed_at: row.created_wall,
      sent_at: new Date().toISOString(), body: row.body, sha256: row.body_sha256,
      blobs: row.photos, supersedes: row.supersedes,
    };
    const options = { method: "POST", headers, body: JSON.stringify(envelope) };
    const reply = await fetch(`/sync/${row.submission_id}`, options);
    replies.push({ status: reply.status, ...(await reply.json()) });
  }
  return replies;
}"""


def photo() -> FilePayload:
    """A photo as a camera makes it: 12 megapixels that do not compress well."""
    out = io.BytesIO()
    Image.effect_noise((2000, 1500), 80).convert("RGB").save(out, "JPEG", quality=90)
    return FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=out.getvalue())


class Phone:
    """Behind a `network` of its own even the service worker is cut off: the browser itself fires
    Background Sync there while its pages believe to be offline."""

    def __init__(
        self, kit: Playwright, options: dict[str, Any], profile: Path, url: str,
        network: Proxy | None = None,
    ) -> None:  # fmt: skip
        self.kit, self.options, self.profile, self.url = kit, options, profile, url
        self.network = network
        self.switch_on()

    def switch_on(self) -> None:
        self.context: BrowserContext = self.kit.chromium.launch_persistent_context(
            str(self.profile),
            base_url=self.url,
            locale="en-GB",
            viewport={"width": 390, "height": 844},
            **self.options,
        )
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.pages[0]

    def die(self) -> None:
        chromium.kill(self.context, self.profile)

    def offline(self, yes: bool = True) -> None:
        self.context.set_offline(yes)
        if self.network:
            self.network.basement = yes

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.wired()

    def wired(self) -> None:
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def packed(self, devices: int) -> None:
        """Waits until the service worker is in charge and the whole pack is on the phone."""
        becomes(self.page, CONTROLLED)
        kept = self.page.locator("[data-pack-progress]").first
        expect(kept).to_contain_text(f"{devices} of {devices}", timeout=60_000)
        becomes(self.page, SCANNER_KEPT)  # it comes after the pages

    def rows(self) -> list[dict[str, Any]]:
        """The outbox as it lies on the disk, in the order of filing."""
        return sorted(self.page.evaluate(READ_STORE, "outbox"), key=lambda row: int(row["seq"]))

    def photos(self) -> dict[str, bytes]:
        """The photos still on the phone: the hash they are filed under → their bytes."""
        return {sha: base64.b64decode(data) for sha, data in self.page.evaluate(PHOTO_BYTES)}

    def send_again(self) -> list[dict[str, Any]]:
        """Delivers every row once more as it lies on the disk; the replies, in order."""
        replies: list[dict[str, Any]] = self.page.evaluate(SEND_AGAIN, self.rows())
        return replies
