"""The scanner of the app: what it opens, what it refuses, and what is left without a camera."""

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Page,
    Playwright,
    StorageState,
    expect,
)

from tags import codes, qr
from tests.e2e.conftest import PHONE, Open, sign_in
from tests.e2e.lens import Lens, symbol
from tests.e2e.phone import Phone
from tests.e2e.server import Server
from tests.e2e.steps import Hand, status

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "static" / "vendor" / "zxing-wasm@3.1.4"
SAYS = "[data-scan=says]"
TRACKS = """() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.tracks = [];
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await real(wanted);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}"""
LIVE = "() => window.tracks.filter((track) => track.readyState === 'live').length"
Film = Callable[..., Page]


@pytest.fixture(scope="module")
def lens(tmp_path_factory: pytest.TempPathFactory) -> Lens:
    return Lens(tmp_path_factory.mktemp("lens") / "camera.y4m")


@pytest.fixture(scope="module")
def filming(playwright: Playwright, launch_options: dict[str, Any],
            lens: Lens) -> Iterator[Browser]:  # fmt: skip
    args = [*launch_options["args"], *lens.flags]
    browser = playwright.chromium.launch(**launch_options | {"args": args})
    yield browser
    browser.close()


@pytest.fixture
def film(filming: Browser, site: Server, session: StorageState, lens: Lens) -> Iterator[Film]:
    """film(*pictures, allowed=True) → the scanner's page before a camera that sees them."""
    contexts: list[BrowserContext] = []

    def film(*pictures: Image.Image, allowed: bool = True) -> Page:
        lens.show(*pictures)
        context = filming.new_context(
            base_url=site.url,
            viewport=PHONE,
            locale="en-GB",
            service_workers="block",
            storage_state=session,
            permissions=["camera"] if allowed else [],
        )
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.add_init_script(f"({TRACKS})()")
        return page

    yield film
    for context in contexts:
        context.close()


def printed(site: Server, code: str) -> Image.Image:
    return symbol(qr.address(site.url, code))


def as_file(picture: Image.Image, turned: float = 0) -> FilePayload:
    out = io.BytesIO()
    wall = Image.new("L", (1600, 1200), 200)
    wall.paste(picture.rotate(turned, expand=True, fillcolor=255), (500, 350))
    wall.save(out, "JPEG", quality=80)
    return FilePayload(name="label.jpg", mimeType="image/jpeg", buffer=out.getvalue())


def test_tags_23_27_a_label_opens_its_page_once_and_lets_go_of_the_camera(
    film: Film, site: Server, tag: str
) -> None:
    page = film(printed(site, tag))
    visits: list[str] = []
    page.on("request", lambda request: request.is_navigation_request()
            and visits.append(request.url))  # fmt: skip
    elsewhere: list[str] = []
    page.on("request", lambda request: request.url.startswith((site.url, "blob:"))
            or elsewhere.append(request.url))  # fmt: skip
    trouble: list[str] = []
    page.on("console", lambda said: said.type == "error" and trouble.append(said.text))
    page.goto("/scan")
    page.wait_for_url(f"**/T/{tag}")
    expect(page.locator("h1").first).to_be_visible()
    assert page.locator("input[name=scanned]").first.input_value() == "1"
    assert [visit.removeprefix(site.url) for visit in visits] == ["/scan", f"/T/{tag}"]
    assert (elsewhere, trouble) == ([], [])


def test_tags_24_nothing_else_is_opened(film: Film, site: Server, tag: str) -> None:
    page = film()
    page.goto("/scan")
    expect(page.locator("[data-scan=view]")).to_be_visible()
    page.evaluate("""async () => {
      const { readFrame } = await import(
        document.querySelector("script[src*='scan.js']").src.replace("scan.js", "reader.js"));
      for (let n = 0; n < 5; n += 1) await readFrame(document.querySelector("video"), ["QRCode"]);
    }""")
    assert page.url == f"{site.url}/scan"
    expect(page.locator(SAYS)).to_be_hidden()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("https://evil.example/T/{code}", "leads to evil.example and may be a fake"),
        ("javascript:location='/T/{code}'", "not what we look for"),
        ("https://www.maker.example/support", "not what we look for"),
        ("7K3M9QX2PX", "not what we look for"),
    ],
)
def test_tags_25_foreign_symbols_are_refused_in_words(
    film: Film, site: Server, text: str, sentence: str
) -> None:
    page = film(symbol(text.format(code=site.tags()[0]["code"])))
    page.goto("/scan")
    expect(page.locator(SAYS)).to_contain_text(sentence)
    assert page.url == f"{site.url}/scan"
    assert page.evaluate(LIVE) == 1
    report = page.locator("[data-report-fake]")
    if "fake" not in sentence:
        return expect(report).to_be_hidden()
    report.click()
    expect(page.locator("[name=found]")).to_have_value("evil.example")
    return expect(page.locator("[name=why]:checked")).to_have_value("foreign")


def test_a_room_s_labels_are_compared_by_scanning(film: Film, site: Server, tag: str) -> None:
    page = film(symbol("https://evil.example/T/" + tag))
    page.goto(f"/t/{tag}")
    page.locator("a.back").click()
    page.locator("a[href^='/tags/rooms/']").click()
    report = page.locator("a[href^='/fake?']")
    expect(report).to_be_visible()
    assert page.url.startswith(f"{site.url}/tags/rooms/")
    report.click()
    expect(page.locator("select[name=tag]")).not_to_have_value("")


def test_a_bare_code_counts_and_a_label_beside_another_symbol_too(
    film: Film, site: Server, tag: str
) -> None:
    beside = symbol("https://maker.example/", 300)
    page = film(symbol(codes.show(tag), 300), beside)
    page.goto("/scan")
    page.wait_for_url(f"**/T/{tag}")


def test_tags_28_camera_rests_while_the_page_is_out_of_sight(film: Film) -> None:
    page = film()
    page.goto("/scan")
    expect(page.locator("[data-scan=view]")).to_be_visible()
    assert page.evaluate(LIVE) == 1
    page.evaluate("""() => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    expect(page.locator("[data-scan=view]")).to_be_hidden()
    assert page.evaluate(LIVE) == 0
    page.evaluate("""() => {
      delete document.hidden;
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    expect(page.locator("[data-scan=view]")).to_be_visible()
    assert page.evaluate(LIVE) == 1


def test_tags_26_who_denies_the_camera_takes_a_photo(film: Film, site: Server, tag: str) -> None:
    page = film(allowed=False)
    page.goto("/scan")
    page.click("[data-scan=start]")
    expect(page.locator(SAYS)).to_contain_text("not allowed for this site")
    page.set_input_files("[data-scan=photo]", as_file(Image.new("L", (300, 300), 90)))
    expect(page.locator(SAYS)).to_contain_text("No code found")
    junk = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=b"no picture")
    page.set_input_files("[data-scan=photo]", junk)
    expect(page.locator(SAYS)).to_contain_text("cannot be read")
    page.set_input_files("[data-scan=photo]", as_file(printed(site, tag), turned=30))
    page.wait_for_url(f"**/T/{tag}")


def test_a_camera_that_is_in_use_or_lights_is_told_and_offered(film: Film) -> None:
    page = film()
    page.add_init_script("""
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        window.wanted = wanted.video;
        if (!window.free) throw new DOMException("in use", "NotReadableError");
        return open(wanted);
      };
      MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
      MediaStreamTrack.prototype.applyConstraints = async (lit) => (window.lit = lit.advanced[0]);
    """)
    page.goto("/scan")
    expect(page.locator(SAYS)).to_contain_text("another app may be using it")
    page.evaluate("window.free = true")
    page.click("[data-scan=start]")
    light = page.locator("[data-scan=light]")
    light.click()
    expect(light).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.lit") == {"torch": True}
    wanted = page.evaluate("window.wanted")
    assert (wanted["width"], wanted["height"]) == ({"ideal": 1920}, {"ideal": 1080})


def test_sound_and_buzz_are_switched_off_apart_and_stay_so(film: Film) -> None:
    page = film()
    page.goto("/scan")
    page.click("[data-scan=sound]")
    expect(page.locator("[data-scan=sound]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-scan=buzz]")).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(page.locator("[data-scan=sound]")).to_have_attribute("aria-pressed", "true")
    felt = page.evaluate("""async () => {
      const script = document.querySelector("script[src*='scan.js']").src;
      const { signal } = await import(script.replace("scan.js", "signal.js"));
      const felt = { buzzes: 0, tones: 0 };
      navigator.vibrate = () => (felt.buzzes += 1);
      Object.defineProperty(navigator, "userActivation", { value: { hasBeenActive: true } });
      window.AudioContext = class { constructor() { felt.tones += 1; } };
      signal();
      return felt;
    }""")
    assert felt == {"buzzes": 1, "tones": 0}


def test_tags_29_a_symbol_counts_once_until_it_has_left_the_view(open_page: Open) -> None:
    page = open_page()
    page.goto("/scan")
    seen = page.evaluate("""async () => {
      const script = document.querySelector("script[src*='scan.js']").src;
      const { InView } = await import(script.replace("scan.js", "in_view.js"));
      const view = new InView();
      return [[["a", "a"], 0], [["a"], 1500], [["a", "b"], 3400], [["b"], 3500], [["a"], 5401]].map(
        ([texts, at]) => view.fresh(texts, at));
    }""")
    assert seen == [["a"], [], ["b"], [], ["a"]]


def test_tags_26_without_a_camera_a_photo_does(open_page: Open, site: Server, tag: str) -> None:
    page = open_page(permissions=["camera"])
    page.goto("/scan")
    expect(page.locator(SAYS)).to_contain_text("no camera here")
    page.set_input_files("[data-scan=photo]", as_file(printed(site, tag)))
    page.wait_for_url(f"**/T/{tag}")


def test_tags_26_plain_http_reads_photos(browser: Browser, site: Server, tag: str) -> None:
    context = browser.new_context(
        base_url=f"http://plain.test:{site.port}", viewport=PHONE, locale="en-GB"
    )
    page = context.new_page()
    sign_in(page)
    page.goto("/scan")
    expect(page.locator(SAYS)).to_contain_text("https addresses only")
    expect(page.locator("[data-scan=start]")).to_be_hidden()
    page.set_input_files("[data-scan=photo]", as_file(printed(site, tag)))
    page.wait_for_url(f"**/T/{tag}")
    context.close()


def test_a_typed_slip_is_told_at_once(open_page: Open, tag: str) -> None:
    page = open_page()
    page.goto("/scan")
    error = page.locator("[data-error-for=code]")
    page.fill("[name=code]", tag[:-1] + ("0" if tag[-1] != "0" else "1"))
    expect(error).to_contain_text("has a slip")
    page.press("[name=code]", "Enter")
    assert page.url.endswith("/scan")
    page.fill("[name=code]", f" {tag[:5].lower()}-{tag[5:].lower().replace('0', 'o')}")
    expect(error).to_be_hidden()
    page.press("[name=code]", "Enter")
    page.wait_for_url(f"**/t/{tag}")


def other(character: str) -> str:
    return codes.ALPHABET[(codes.ALPHABET.index(character) + 7) % 32]


def test_script_and_server_agree_on_every_code(open_page: Open) -> None:
    good = [codes.new() for _ in range(60)]
    places = [(code, at) for code in good for at in (0, 4, 8)]
    twisted = [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for code, at in places]
    wrong = [code[:at] + other(code[at]) + code[at + 1 :] for code, at in places]
    dressed = [codes.show(code).lower().replace("1", "l").replace("0", "o") for code in good]
    odd = ["", "7K3M9", "\uff17K3M9QX2PD", "7K3M9\u2014QX2PD", "U" * 10, "7K3M9QX2PDD", "é" * 10]
    texts = [*good, *twisted, *wrong, *dressed, *odd]
    page = open_page()
    page.goto("/scan")
    read = page.evaluate(
        """async (texts) => {
          const script = document.querySelector("script[src*='scan.js']").src;
          const { parse } = await import(script.replace("scan.js", "tag_code.js"));
          return texts.map(parse);
        }""",
        texts,
    )
    assert read == [codes.parse(text) for text in texts]


def test_serial_of_the_new_unit_is_read_into_the_swap_form(
    film: Film, site: Server, tag_with_spares: str
) -> None:
    spare = film()
    spare.goto(f"/t/{tag_with_spares}#swap")
    serial = spare.locator("#s-new_serial option").nth(1).get_attribute("value")
    page = film(bars("Code128", "SN-0815/A"))
    page.goto(f"/t/{tag_with_spares}#swap")
    page.click("#swap [data-scan-into]")
    expect(page.locator("#s-new_serial_typed")).to_have_value("SN-0815/A")
    expect(page.locator("#s-scanner")).to_be_hidden()
    assert page.evaluate(LIVE) == 0
    page = film(bars("DataMatrix", f"SN:{serial}"))
    page.goto(f"/t/{tag_with_spares}#swap")
    page.click("#swap [data-scan-into]")
    expect(page.locator("#s-new_serial")).to_have_value(str(serial))
    expect(page.locator("#s-new_serial_typed")).to_have_value("")


def bars(kind: str, text: str | None) -> Image.Image:
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    picture = Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=3, add_quiet_zones=True))
    return picture.convert("L")


def test_scanner_works_in_the_basement(
    playwright: Playwright, launch_options: dict[str, Any], site: Server, lens: Lens, tmp_path: Path
) -> None:
    args = [*launch_options["args"], *lens.flags]
    options = launch_options | {"args": args, "permissions": ["camera"]}
    phone = Phone(playwright, options, tmp_path / "profile", site.url)
    sign_in(phone.page)
    phone.packed(len(site.tags()))
    phone.offline()
    code = site.tags()[3]["code"]
    lens.show(printed(site, code))
    phone.page.goto("/scan")
    phone.page.wait_for_url(f"**/T/{code}")
    expect(phone.page.locator(".asof")).to_be_visible()
    assert phone.page.locator("input[name=scanned]").first.input_value() == "1"
    phone.context.close()


def test_who_comes_by_the_phones_own_camera_is_told_of_the_app_once(
    open_page: Open, tag: str
) -> None:
    page = open_page()
    told = page.locator("[data-open-app]")
    page.goto(f"/T/{tag}")
    told.get_by_role("button").click()
    expect(told).to_be_hidden()
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(told).to_be_hidden()


def test_a_signed_out_browser_says_what_waits_in_it(open_page: Open, tag: str) -> None:
    page = open_page()
    page.goto(f"/t/{tag}")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.context.set_offline(True)
    Hand(page).report()
    expect(status(page, "#fault")).to_contain_text("Saved on this phone")
    page.context.clear_cookies()
    page.route("**/sync/**", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto(f"/T/{tag}")
    expect(page.locator("[data-left-here]")).to_contain_text("not sent yet: 1.")


def test_tags_30_wasm_belongs_to_its_script() -> None:
    script = (VENDOR / "index.js").read_text("utf-8")
    digest = hashlib.sha256((VENDOR / "zxing_reader.wasm").read_bytes()).hexdigest()
    assert digest in script
    named = {
        found
        for name in ("read_worker.js", "reader_copy.js")
        for found in re.findall(r"zxing-wasm@[\d.]+\d", (ROOT / "pwa" / name).read_text("utf-8"))
    }
    assert named == {VENDOR.name}
