"""Every page answers for the person it is for."""

import pytest
from flask.testing import FlaskClient

from tests.world import World

PAGES = ("/today", "/scan", "/outbox", "/more", "/faults", "/faults?state=all", "/rooms",
         "/devices", "/devices?q=SN", "/tags/sheets", "/tags/sheets?of=spares", "/tags/stocks",
         "/tags/printers", "/tags/prints", "/offline", "/pack", "/sw.js",
         "/manifest.webmanifest", "/healthz")  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_answer_the_engineer(engineer: FlaskClient, world: World, language: str) -> None:
    engineer.set_cookie("lang", language)
    paths = [*PAGES, f"/rounds/{world.round_id}", f"/rooms/{world.room.id}",
             f"/t/{world.tags[0]}", f"/T/{world.tags[0]}", f"/t/{world.room_tag}"]  # fmt: skip
    for path in paths:
        answer = engineer.get(path)
        assert answer.status_code == 200, (path, answer.text)
