"""A drawn signature stays on the paper when the form comes back."""

from playwright.sync_api import Page, expect

from roundtag import db
from roundtag.models import Store
from tests.e2e.daytime import Day
from tests.e2e.test_month import draw

INK = """paper => paper.getContext("2d").getImageData(0, 0, paper.width, paper.height).data
    .filter((value, n) => n % 4 === 0 && value < 128).length"""


def test_it_survives_a_form_that_comes_back(day: Day) -> None:
    with db.database.connection_context():
        store = Store.get(Store.name == "昆明备件总库").id
    page = day.page("manager")
    page.goto(f"/slips/new?kind=draw&store={store}")
    draw(page)
    drawn = ink(page)
    assert drawn > 500
    page.get_by_role("button", name="One more row").click()
    expect(page.get_by_role("button", name="Clear")).to_be_enabled()
    assert abs(ink(page) - drawn) < drawn / 5
    page.get_by_role("button", name="One more row").click()
    expect(page.get_by_role("button", name="Clear")).to_be_enabled()
    page.get_by_role("button", name="Clear").click()
    assert ink(page) == 0


def ink(page: Page) -> int:
    return int(page.locator("[data-signature-paper]").evaluate(INK))
