"""An export checked in a real browser: in order, altered, and as the other program judges it."""

import base64
import importlib.util
import random
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.server import Server
from tests.exports import mutated

VERIFIER = Path(__file__).resolve().parent.parent.parent / "static" / "verifier" / "verify.py"
SEEDS = 40
JUDGE = """async ({ script, data, key }) => {
  const { check } = await import(script);
  const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
  try { return (await check(new Blob([bytes]), key, "")).wrong.length; }
  catch (broken) { return -1; }
}"""


@pytest.fixture
def page(site: Server, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=site.url, locale="en-GB", service_workers="block")
    yield context.new_page()
    context.close()


@pytest.fixture
def export(page: Page, tmp_path: Path) -> tuple[Path, str, str]:
    """A client's log as its manager takes it home: the file, its key, and a head; then /verify."""
    sign_in(page, "manager")
    page.goto("/ledger")
    page.locator("main a.row").first.click()
    page.wait_for_url("**/ledger/*")
    key = page.locator("main .copyable").first.inner_text()
    path = tmp_path / "export.zip"
    path.write_bytes(page.request.get(f"{page.url}/export.zip").body())
    head = page.request.get(f"{page.url}/heads.txt").text()
    page.goto("/verify")
    return path, key, head


def ask(page: Page, path: Path, key: str, earlier: str = "") -> None:
    page.set_input_files("#v-file", path)
    page.fill("#v-key", key)
    page.fill("#v-heads", earlier)
    page.get_by_role("button", name="Check it").click()


def test_an_export_is_checked_in_the_browser(page: Page, export: tuple[Path, str, str]) -> None:
    path, key, head = export
    ask(page, path, key, head)
    expect(page.locator("[data-verify-said]")).to_contain_text("All in order")
    expect(page.locator("[data-verify-said]")).to_contain_text("of them kept by you")
    ask(page, path, key[:-4] + "AAA=")
    expect(page.locator("[data-verify-said]")).to_contain_text("The key cannot be read")
    page.set_input_files("#v-file", VERIFIER)
    page.fill("#v-key", key)
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("[data-verify-said]")).to_contain_text("not an export")


def test_both_programs_find_every_change(page: Page, export: tuple[Path, str, str]) -> None:
    path, key, _ = export
    sound, script = path.read_bytes(), page.locator("script[src*=verify_page]").get_attribute("src")
    assert script
    checker, missed = python_checker(), []
    for seed in range(SEEDS):
        path.write_bytes(sound)
        mutated(path, random.Random(seed))
        by_python = 1
        with zipfile.ZipFile(path) as archive, suppress(checker.Bad, KeyError, TypeError,
                                                        ValueError):  # fmt: skip
            by_python = len(list(checker.check(archive, key, [])))
        by_browser = page.evaluate(JUDGE, {
            "script": script.replace("verify_page", "verifier"), "key": key,
            "data": base64.b64encode(path.read_bytes()).decode(),
        })  # fmt: skip
        if not by_python or not by_browser:
            missed.append((seed, by_python, by_browser))
    assert missed == []


def test_both_programs_follow_a_changed_key(
    page: Page, export: tuple[Path, str, str], site: Server, tmp_path: Path
) -> None:
    """From the first key on; neither without the head by which the old key vouched."""
    path, key, _ = export
    script = page.locator("script[src*=verify_page]").get_attribute("src")
    assert script
    asked = {"script": script.replace("verify_page", "verifier"), "key": key}
    code = sites_client(site)
    site.command("ledger", "rotate-key", "--yes")
    site.command("ledger", "rotate-key", "--yes")
    site.command("ledger", "export", "--client", code, "--output", str(path))
    assert judged(page, asked, path) == (0, 0)
    cut = tmp_path / "cut.zip"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(cut, "w") as less:
        for name in whole.namelist():
            data = whole.read(name)
            if name == "heads.txt":
                heads = data.decode().split("\n\n")
                assert len(heads) > 4
                data = "\n\n".join(heads[:-4] + heads[-2:]).encode()
            less.writestr(name, data)
    by_python, by_browser = judged(page, asked, cut)
    assert (by_python != 0, by_browser != 0) == (True, True)


def sites_client(site: Server) -> str:
    """The code of the first client whose log there is."""
    return site.command("ledger", "key").splitlines()[1].split(":", 1)[0]


def judged(page: Page, asked: dict[str, str], path: Path) -> tuple[int, int]:
    """How many problems Python and the browser find; -1 for what cannot be checked."""
    checker, by_python = python_checker(), -1
    with zipfile.ZipFile(path) as archive, suppress(checker.Bad):
        by_python = len(list(checker.check(archive, asked["key"], [])))
    data = base64.b64encode(path.read_bytes()).decode()
    return by_python, int(page.evaluate(JUDGE, {**asked, "data": data}))


def python_checker() -> Any:
    spec = importlib.util.spec_from_file_location("verify", VERIFIER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
