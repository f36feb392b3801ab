"""Every page answers for the person it is for."""

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.world import World

PAGES = ("/today", "/scan", "/outbox", "/more", "/notices", "/notices/settings", "/faults",
         "/faults?state=all", "/rooms", "/rounds", "/rounds/plans", "/rounds/calendar", "/upkeep",
         "/rounds/meetings", "/findings", "/reports", "/quality", "/lamps", "/consumables",
         "/devices", "/devices?q=SN", "/tags/sheets", "/tags/sheets?of=spares", "/tags/stocks",
         "/tags/printers", "/tags/prints", "/offline", "/pack", "/sw.js",
         "/manifest.webmanifest", "/healthz")  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_answer_the_engineer(engineer: FlaskClient, world: World, language: str) -> None:
    engineer.set_cookie("lang", language)
    paths = [*PAGES, f"/rounds/{world.round_id}", f"/rounds/{world.round_id}/acceptance",
             f"/rounds/{world.round_id}/report", f"/rooms/{world.room.id}",
             f"/t/{world.tags[0]}", f"/T/{world.tags[0]}", f"/t/{world.room_tag}"]  # fmt: skip
    for path in paths:
        answer = engineer.get(path)
        assert answer.status_code == 200, (path, answer.text)


NUMBERED = ("/reports?client=", "/reports?year=", "/notices?before=", "/lamps?client=",
            "/lamps?within=", "/consumables?client=", "/consumables?months=", "/rounds?client=",
            "/findings?client=", "/upkeep?client=", "/rounds/calendar?client=",
            "/rounds/calendar?engineer=", "/rounds/calendar/days?client=", "/rounds/meetings?room=",
            "/devices?client=")  # fmt: skip


@pytest.mark.parametrize("number", ["9" * 20, "2147483648", "-1", "٢", "\0"])
def test_no_number_in_an_address_breaks_a_page(engineer: FlaskClient, number: str) -> None:
    for path in NUMBERED:
        assert engineer.get(path + quote(number)).status_code in (200, 404), path
