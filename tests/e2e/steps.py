"""What people do on the pages, counted in taps; typing a reading is no tap."""

from playwright.sync_api import Locator, Page


class Hand:
    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, target: Locator | str) -> None:
        found = self.page.locator(target) if isinstance(target, str) else target
        found.click()
        self.taps += 1

    def check_healthy(self) -> None:
        """From the top of a device's page: all in order, readings within their limits."""
        self.tap("a[href='#check']")
        self.tap(self.page.locator("#check [data-all-good]").first)
        fill_readings(self.page)
        self.tap("#check button[type=submit]")

    def swap(self) -> None:
        """The first fitting unit from stock goes in."""
        self.tap("a[href='#swap']")
        self.page.locator("#swap [name=new_serial]").select_option(index=1)
        self.tap("#swap [name=reason][value=faulty] + label")
        self.tap("#swap button[type=submit]")

    def report(self) -> None:
        self.tap("a[href='#fault']")
        self.tap(self.page.locator("#fault [name=symptom] + label").first)
        self.tap("#fault button[type=submit]")

    def report_as_attendee(self) -> None:
        self.tap(self.page.locator("[name=symptom] + label").first)
        self.tap("button[type=submit].btn--main")


def check_open(page: Page, fail: str = "", opened: bool = False) -> int:
    """From the top of a device's page, or from its opened form, to the filed check; `fail` is the
    note of the first item, which is then bad. Returns the taps."""
    hand = Hand(page)
    if not opened:
        hand.tap("a[href='#check']")
        hand.tap(page.locator("#check [data-all-good]").first)
    if fail:
        bad = page.locator("#check fieldset.ask:has([data-fails])").first
        hand.tap(bad.locator("[data-fails] + label").first)
        bad.locator("textarea").fill(fail)
    fill_readings(page)
    hand.tap("#check button[type=submit]")
    return hand.taps


def fill_readings(page: Page) -> None:
    """What is asked and shown gets a value within its limits."""
    for reading in page.locator("#check input[data-unit]:visible").all():
        reading.fill(reading.get_attribute("data-min") or reading.get_attribute("data-last") or "1")


def status(page: Page, form: str) -> Locator:
    """The first line of what a form says about its entry."""
    return page.locator(f"{form} [data-outbox-status] p").first
