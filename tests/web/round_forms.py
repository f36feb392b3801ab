"""The pages that show every form of rounds, checklists and contracts, in the states they need."""

from datetime import timedelta

from flask.testing import FlaskClient

from roundtag import acceptance, clock, links, rounds
from roundtag.models import Contract, Device, Round, RoundDevice
from tests import world as worlds
from tests.web.reading import Page
from tests.world import World

DRAFT = "/checklists/projector/monthly/draft"


def sent(browser: FlaskClient, page: str, action: str, **more: str) -> str:
    """Sends a form of a page as it stands; where it led to."""
    form = Page(browser.get(page).text).form(action)
    answer = browser.post(action, data={**form.filled(), **more})
    assert answer.status_code == 303, (action, answer.status_code, Page(answer.text).text[:400])
    return answer.location


def office_pages(world: World, desk: FlaskClient) -> list[str]:
    """What managers and the office fill in; a draft, a plan, a meeting, a day off are there."""
    contract = Contract.get_by_id(world.contract_id)
    day = contract.starts_on.isoformat()
    sent(desk, "/checklists/projector/monthly", DRAFT)
    plan = sent(desk, f"/rounds/plans/new/{contract.id}", f"/rounds/plans/new/{contract.id}",
                name="抽检", starts_on=day)  # fmt: skip
    sent(desk, "/rounds/calendar/days", "/rounds/calendar/days", day="2026-12-24", kind="off",
         reason="x")  # fmt: skip
    feed = "/rounds/calendar/feed"
    desk.post(feed, data=Page(desk.get(feed).text).form(feed).filled())
    matrix = f"/contracts/{contract.id}/matrix"
    sent(desk, f"{matrix}/edit", matrix)
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    sent(desk, "/rounds/meetings", "/rounds/meetings", name="例会", room=str(world.room.id),
         day=tomorrow, starts="10:00", ends="11:00")  # fmt: skip
    return [
        "/checklists", "/checklists/projector/monthly", DRAFT, f"{DRAFT}/items/new",
        f"{DRAFT}/items/image", "/rounds/plans", f"/rounds/plans/new/{contract.id}", plan,
        "/rounds/calendar/days", "/rounds/calendar/feed", "/rounds/meetings",
        f"/contracts/{contract.id}/edit", f"{matrix}/edit", f"{matrix}?version=draft",
        f"/contracts/{contract.id}/targets",
    ]  # fmt: skip


def staged(world: World, period: str, stage: str) -> int:
    """A round with one stop done, at a stage of its acceptance."""
    key = worlds.run(rounds.open_round, rounds.OpenRound(
        world.contract_id, "monthly", period, world.engineer.person_id)).subject_id  # fmt: skip
    device = Device.select().where(Device.client == world.client_id).order_by(Device.id).get()
    RoundDevice.update(done_at="2026-01-05T00:00:00.000000Z", result="pass").where(
        (RoundDevice.round == key) & (RoundDevice.device == device.id)).execute()  # fmt: skip
    Round.update(stage=stage).where(Round.id == key).execute()
    return int(key or 0)


def round_pages(world: World) -> dict[str, list[str]]:
    """By who looks: engineer, desk (who checks), client, and a stranger with a link to sign."""
    fresh = staged(world, "2026-01", "open")
    recorded = staged(world, "2026-02", "recorded")
    checked = staged(world, "2026-03", "checked")
    secret = links.new_secret()
    worlds.run(acceptance.invite_signer, acceptance.InviteSigner(checked, secret))
    done = staged(world, "2026-04", "accepted")
    return {
        "engineer": [f"/rounds/{fresh}/acceptance"],
        "desk": [f"/rounds/{fresh}/shares", f"/rounds/{fresh}/recheck",
                 f"/rounds/{recorded}/acceptance", f"/rounds/{checked}/acceptance",
                 f"/rounds/{fresh}/report", f"/rounds/{done}/report"],
        "client": [f"/rounds/{checked}/acceptance"],
        "visitor": [f"/sign/{secret}"],
    }  # fmt: skip
