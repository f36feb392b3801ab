"""Family 16: the server was restored from a backup; phones send again what it has lost."""

import shutil

from playwright.sync_api import expect

from roundtag.models import Fault, Submission
from tests import world
from tests.e2e.client import Client
from tests.e2e.offline import facts
from tests.e2e.offline.conftest import Hand
from tests.e2e.offline.handset import Handset
from tests.e2e.offline.plan import Entry
from tests.e2e.offline.town import PEOPLE, Town
from tests.house.processes import until


def lose(town: Town, backup: str) -> None:
    """The database and the photos burn; the backup comes back. Everybody signs in again."""
    town.kill()
    shutil.rmtree(town.data_dir / "blobs")
    for path in town.data_dir.glob("roundtag.db*"):
        path.unlink()
    assert "Restored" in town.command("restore", backup)
    town.start()


def sign_in_again(town: Town, phone: Handset) -> None:
    phone.cookie = Client(town.url).sign_in(PEOPLE[0], world.PASSWORD).cookie
    phone.sign_in()


def test_what_a_restore_has_lost_comes_again_once_with_its_photos(
    hand: Hand, own_town: Town
) -> None:
    """Mutations: `offerAgain` that offers nothing, or `keepPhotos` that keeps none."""
    backup = str(own_town.data_dir.with_suffix(".backup"))
    own_town.command("backup", "--to", backup)
    phone, codes = hand(own_town), [tag["code"] for tag in own_town.tags()]
    for number in range(3):
        entry = Entry("fault", number, (0, 1, 2), photo=40 + number, taps=1)
        phone.file(phone.at(0, f"/t/{codes[number]}"), entry)
    before = phone.settled()
    assert len(phone.store("kept")) == 3
    lose(own_town, backup)
    sign_in_again(own_town, phone)
    phone.any_page().goto("/today")
    told = phone.any_page().locator("[data-offered]").first
    expect(told).to_contain_text("3", timeout=60_000)
    with own_town.records():
        until(lambda: Submission.select().where(Submission.install_id != "").count() == 3,
              "all three are there again")  # fmt: skip
    rows = phone.settled()
    assert [row["submission_id"] for row in rows] == [row["submission_id"] for row in before]
    facts.agree(own_town, rows)
    with own_town.records():
        assert Fault.select().count() == 3
    assert len(phone.store("kept")) == 3
    phone.any_page().reload()  # nothing is offered twice
    phone.wired()
    expect(phone.any_page().locator("[data-offered]").first).to_be_hidden()
    assert "NOT" not in own_town.command("ledger", "verify")
