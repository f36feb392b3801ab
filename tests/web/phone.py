"""What a phone sends to the sync door, as docs/sync.md has it."""

import json
from typing import Any

from roundtag import sync
from roundtag.commands import Photo
from tests.world import new_id

SYNC = {"X-Roundtag-Sync": "1"}


def phone(form: str, fields: dict[str, str], owner: int | None, *, key: str | None = None,
          photos: tuple[Photo, ...] = (), **more: Any) -> dict[str, Any]:  # fmt: skip
    """An envelope as JSON; `more` replaces members, and a member given as ... is left out."""
    body = json.dumps([list(p) for p in fields.items()], ensure_ascii=False, separators=(",", ":"))
    members = {
        "sync": 1, "id": key or new_id(), "form": form, "form_version": "1", "app_version": "test",
        "install_id": "phone-1", "seq": 1, "owner": owner, "carrier": None,
        "claimed_at": "2026-11-22T01:12:00.000Z", "sent_at": "2026-11-22T01:13:00.000Z",
        "body": body, "sha256": sync.digest_of(more.get("body", body)),
        "blobs": [{"sha256": p.sha256, "mime": p.mime, "size": p.size} for p in photos],
        "supersedes": None,
    }  # fmt: skip
    return {name: value for name, value in {**members, **more}.items() if value is not ...}
