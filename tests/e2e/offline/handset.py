"""A phone of the schedules: several tabs, a clock that may be wrong, and entries made in one go."""

import io
import random
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import CDPSession, FilePayload, Page, Playwright, expect

from tests.e2e.offline.plan import Entry
from tests.e2e.phone import Phone
from tests.e2e.proxy import Proxy
from tests.house import browsers
from tests.house.chromium import FLAGS, READ_STORE
from tests.house.processes import until

CLOCK = """(() => {
  const Real = Date;
  let shift = 0;
  try { shift = Number(localStorage.getItem("shift") ?? 0); } catch {}
  globalThis.setShift = (ms) => { shift = ms; localStorage.setItem("shift", ms); };
  globalThis.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + shift); }
    static now() { return Real.now() + shift; }
  };
})();"""
FILL = """([name, choices]) => {
  const form = document.querySelector(`form[data-outbox="${name}"]`);
  const dice = [...choices];
  const pick = (list) => { dice.push(dice.shift()); return list[dice.at(-1) % list.length]; };
  const groups = Map.groupBy(form.querySelectorAll("input[type=radio]"), (radio) => radio.name);
  for (const [name, radios] of groups) {
    const wanted = name === "old_unit_to" ? "store" : pick(radios).value;
    radios.find((radio) => radio.value === wanted).checked = true;
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
  for (const field of form.querySelectorAll("input[data-unit]")) {
    field.value = field.dataset.min || "1";
  }
  for (const field of form.querySelectorAll("select[name=new_serial]")) {
    field.value = pick([...field.options].filter((option) => option.value)).value;
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
  for (const field of form.querySelectorAll("textarea")) field.value = `words ${choices}`;
  form.dispatchEvent(new Event("input", { bubbles: true }));
}"""
TAP = """([name, taps]) => {
  const form = document.querySelector(`form[data-outbox="${name}"]`);
  const wrong = [...form.querySelectorAll(":invalid:not(fieldset)")].map((field) => field.name);
  if (wrong.length) throw new Error(`the rig left out ${wrong}`);
  for (let tap = 0; tap < taps; tap += 1) form.querySelector("button[type=submit]").click();
}"""
FORGET = """async () => {
  const db = await new Promise((resolve) => {
    const open = indexedDB.open("roundtag");
    open.onsuccess = () => resolve(open.result);
  });
  const change = db.transaction(["outbox", "drafts"], "readwrite");
  change.objectStore("outbox").clear();
  change.objectStore("drafts").clear();
  await new Promise((resolve) => (change.oncomplete = resolve));
  db.close();
}"""
SEND = """async () => {
  const waits = ({ state }) => ["saved", "photos"].includes(state);
  const end = performance.now() + 2000;
  document.querySelector("[data-outbox-send]").click();
  while ((await (READ)("outbox")).some(waits)) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}""".replace("READ", READ_STORE)


def picture(number: int) -> FilePayload:
    """A small photo whose pixels its number decides."""
    out = io.BytesIO()
    dice = random.Random(number)
    Image.frombytes("RGB", (40, 30), dice.randbytes(3600)).save(out, "JPEG", quality=90)
    return FilePayload(name="photo.jpg", mimeType="image/jpeg", buffer=out.getvalue())


class Handset(Phone):
    """Signed in by a cookie that may be taken away and given back."""

    def __init__(
        self, kit: Playwright, options: dict[str, Any], profile: Path, network: Proxy, cookie: str
    ) -> None:
        self.cookie, self.cut_off = cookie, False
        self.network: Proxy = network
        self.tabs: list[Page] = []
        self.lines: dict[Page, CDPSession] = {}
        super().__init__(kit, options, profile, network.url, network)

    def switch_on(self) -> None:
        super().switch_on()
        self.context.add_init_script(CLOCK)
        self.tabs, self.lines = [self.page], {}
        self._cut(self.page)

    def offline(self, yes: bool = True) -> None:
        """Page by page: asked for the whole context, a browser whose worker was stopped may never
        answer. The worker's own line is cut in the network."""
        self.cut_off = self.network.basement = yes
        for page in self.tabs:
            self._cut(page)

    def _cut(self, page: Page) -> None:
        if page not in self.lines:  # what a session asked for ends with it
            self.lines[page] = self.context.new_cdp_session(page)
        line = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        order = {"offline": self.cut_off, **line}
        self.lines[page].send("Network.emulateNetworkConditions", order)

    def sign_in(self) -> None:
        name, value = self.cookie.split("=", 1)
        self.context.add_cookies([{"name": name, "value": value, "url": self.url}])

    def begin(self, devices: int) -> None:
        """Signs in and waits for the pack."""
        self.sign_in()
        self.open("/today")
        self.packed(devices)

    def tab(self, number: int) -> Page:
        while len(self.tabs) <= number:
            self.tabs.append(self.context.new_page())
            self._cut(self.tabs[-1])
        return self.tabs[number]

    def at(self, number: int, path: str) -> Page:
        page = self.tab(number)
        if page.url.endswith(path):
            self.wired_on(page)  # it may just have been read anew
        else:
            self.visit(page, path)
        return page

    def visit(self, page: Page, path: str) -> None:
        page.goto(path)
        self.wired_on(page)

    def wired_on(self, page: Page) -> None:
        page.wait_for_selector("html[data-ready], body.public", state="attached")

    def fill(self, page: Page, entry: Entry) -> None:
        another = page.locator(
            f"form[data-outbox={entry.form}] > [data-outbox-status] button"
        ).first
        if another.count():
            another.first.evaluate("(button) => button.click()")
        # A page may be read anew meanwhile, as one is whose person has just come back.
        page.wait_for_selector(f"form[data-outbox={entry.form}]", state="attached")
        page.evaluate(READ_STORE, "outbox")  # answered after the form's look at its own entry
        page.evaluate(FILL, [entry.form, entry.choices])
        if entry.photo is not None:
            form = page.locator(f"form[data-outbox={entry.form}]").first
            form.locator("input[name=photo]").set_input_files([picture(entry.photo)])
            expect(form.locator("canvas")).to_have_count(1)

    def file(self, page: Page, entry: Entry) -> None:
        """Until the form says that the entry is on this phone."""
        self.fill(page, entry)
        self.tap(page, entry)
        self.saved(page, entry)

    def tap(self, page: Page, entry: Entry) -> None:
        page.evaluate(TAP, [entry.form, entry.taps])

    def saved(self, page: Page, entry: Entry) -> None:
        page.wait_for_selector(f"form[data-outbox={entry.form}][data-state]", state="attached")

    def any_page(self) -> Page:
        """A tab on the site, from which the disk can be read."""
        page = self.tab(0)
        if not page.url.startswith(self.url):
            page.goto("/outbox")
        return page

    def store(self, name: str) -> list[dict[str, Any]]:
        return list(self.any_page().evaluate(READ_STORE, name))

    def rows(self) -> list[dict[str, Any]]:
        return sorted(self.store("outbox"), key=lambda row: int(row["seq"]))

    def ids(self) -> set[str]:
        return {row["submission_id"] for row in self.store("outbox")}

    def set_clock(self, days: float) -> None:
        self.any_page()
        for page in self.tabs:
            if page.url.startswith(self.url):
                page.evaluate("(ms) => setShift(ms)", days * 86_400_000)

    def stop_worker(self) -> None:
        session = self.context.new_cdp_session(self.any_page())
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        session.detach()

    def empty(self, seconds: float = 60) -> list[dict[str, Any]]:
        """Sends all that waits, by the button of the outbox; the rows in the order of filing."""
        page = self.tab(0)
        self.visit(page, "/outbox")
        until(lambda: page.evaluate(SEND), f"the outbox of {self.profile.name} is empty", seconds)
        return self.rows()

    def settled(self) -> list[dict[str, Any]]:
        """All rows once everything is sent; each must have its receipt, and no photo be left."""
        rows = self.empty()
        wrong = [row for row in rows if row["state"] != "received" or row["receipt"]["missing"]]
        assert not wrong, f"not received: {wrong}"
        assert self.store("photos") == [], "photos of received entries stay"
        return rows

    def forget_receipts(self) -> None:
        """Receipts of earlier schedules would only make the pages longer.

        No tab stays that still shows one of them: it would go on under an id that is used up.
        """
        for page in self.tabs[1:]:
            page.close()
        del self.tabs[1:]
        self.visit(self.tabs[0], "/outbox")
        self.tabs[0].evaluate(FORGET)


def launch_options() -> dict[str, Any]:
    """The same browser as the tests' own, for runs without pytest."""
    found = browsers.find()
    return {"args": FLAGS, "headless": True} | ({"executable_path": found} if found else {})
