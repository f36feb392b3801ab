"""Pages that only a longer way leads to: prints, issued documents, rounds that compare."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from roundtag import clock, links, prints, reports
from roundtag.models import Recheck, ReportRun
from tests import world as worlds
from tests.mending import whole
from tests.web.round_forms import sent
from tests.world import World


def pages(
    world: World, engineer: FlaskClient, desk: FlaskClient, visitor: FlaskClient
) -> list[tuple[FlaskClient, str]]:
    """(browser, path) of each."""
    run, document = _issued(desk, whole(world).id)
    secret = links.grant("document-read", document, clock.now())
    return [
        (engineer, f"/T/{world.tags[0]}"), (desk, _print(desk, world)), (desk, run),
        (desk, f"/reports/{document}"), (visitor, f"/d/{secret}"),
        (desk, f"/rounds/{_recheck(world, desk)}/comparison"),
    ]  # fmt: skip


def _issued(desk: FlaskClient, fault: int) -> tuple[str, int]:
    """The page of a document's making, and the document's key."""
    run = desk.post(f"/faults/{fault}/papers/response/issue").location
    key = run.rsplit("/", 1)[-1]
    reports.make(key)
    return run, ReportRun.get_by_id(key).document_id


def _print(desk: FlaskClient, world: World) -> str:
    """A print that is drawn in the background, as one of many labels is."""
    form = {"tag": world.tags[0], "stock": "L7160", "start": "1"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prints, "MOST_AT_ONCE", 0)
        answer = desk.post("/tags/sheets", data=form)
    assert answer.status_code == 303, answer.status_code
    return answer.location


def _recheck(world: World, desk: FlaskClient) -> int:
    """A round of one device that somebody else has checked again."""
    second = worlds.person("second", ("engineer", "client", world.client_id))
    path = f"/rounds/{world.round_id}/recheck"
    soon = (clock.local_day(clock.now()) + timedelta(days=7)).isoformat()
    sent(desk, path, path, percent="100", seed="W48", engineer=str(second.person_id), due_on=soon)
    made = Recheck.get().round_id
    worlds.deliver("inspection", worlds.check_form(world, round=str(made)), second)
    return int(made)
