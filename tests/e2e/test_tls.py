"""A phone on the local network: it comes to trust our authority, then works offline."""

import os
import shutil
import signal
import ssl
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from playwright.sync_api import Error, Playwright, expect

from roundtag import addresses, certificates, trust
from roundtag.models import Submission
from tests.e2e.conftest import sign_in
from tests.e2e.phone import Phone
from tests.e2e.server import Server
from tests.e2e.steps import Hand, status
from tests.house.processes import family, free_port, names, until

CERTUTIL = shutil.which("certutil")
pytestmark = pytest.mark.certutil


class TlsServer(Server):
    """`roundtag serve --tls`; it is asked at its number on the network, never as localhost."""

    def __init__(self, data_dir: Path, **values: str) -> None:
        self.http_port = free_port()
        super().__init__(data_dir, TLS="1", BASE_URL="", HTTP_PORT=str(self.http_port), **values)
        self.url = f"https://{addresses.lan_address()}:{self.port}"
        self.plain_url = f"http://{addresses.lan_address()}:{self.http_port}"

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            return all(
                self._opens(url) for url in (f"{self.url}/healthz", f"{self.plain_url}/trust")
            )
        except OSError:
            return False

    def _opens(self, url: str) -> bool:
        context = ssl.create_default_context(cadata=self.authority())
        with urllib.request.urlopen(url, timeout=2, context=context) as answer:
            return bool(answer.status == 200)

    def serial(self) -> int:
        """The number of the certificate that is served now."""
        pem = ssl.get_server_certificate((addresses.lan_address(), self.port))
        return x509.load_pem_x509_certificate(pem.encode()).serial_number

    def web_servers(self) -> list[int]:
        """The parents of the processes that answer by https."""
        assert self.process is not None
        called, mine = names(), family(self.process.pid)
        web = [pid for pid in mine if called.get(pid) == "roundtag-web"]
        return [pid for pid in web if len(family(pid)) > 1]

    def authority(self) -> bytes:
        return (self.data_dir / trust.FOLDER / trust.PUBLIC).read_bytes()


@pytest.fixture(scope="module")
def tls_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsServer]:
    server = TlsServer(tmp_path_factory.mktemp("tls") / "data")
    server.start()
    yield server
    server.stop()


def certutil(store: Path, *words: str) -> None:
    subprocess.run([CERTUTIL or "", "-d", f"sql:{store}", *words], check=True, capture_output=True)


@pytest.fixture
def phone(
    playwright: Playwright, launch_options: dict[str, Any], tls_site: TlsServer, tmp_path: Path
) -> Iterator[Callable[..., Phone]]:
    """phone(trusted certificate or none) → a browser with a trust store of its own."""
    phones: list[Phone] = []

    def make(trusted: bytes | None) -> Phone:
        home = tmp_path / f"home{len(phones)}"
        store = home / ".pki" / "nssdb"
        store.mkdir(parents=True)
        certutil(store, "-N", "--empty-password")
        if trusted:
            (home / "ca.crt").write_bytes(trusted)
            certutil(store, "-A", "-n", "trial", "-t", "C,,", "-i", str(home / "ca.crt"))
        options = {**launch_options, "env": {**os.environ, "HOME": str(home)}}
        phones.append(Phone(playwright, options, home / "profile", tls_site.url))
        return phones[-1]

    yield make
    for each in phones:
        each.context.close()


def downloaded(site: TlsServer) -> bytes:
    """The certificate by the way that the page shows, over plain http."""
    with urllib.request.urlopen(f"{site.plain_url}/trust/roundtag-ca.crt") as answer:
        assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
        return bytes(answer.read())


def test_who_trusts_the_authority_installs_and_works_offline(
    phone: Callable[..., Phone], tls_site: TlsServer
) -> None:
    mobile = phone(downloaded(tls_site))
    sign_in(mobile.page)
    (cookie,) = (c for c in mobile.context.cookies() if c["name"] == "__Host-roundtag")
    assert cookie["secure"]
    inspector = mobile.context.new_cdp_session(mobile.page)
    mobile.packed(len(tls_site.tags()))
    assert inspector.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    code = tls_site.tags()[0]["code"]
    mobile.offline()
    mobile.open(f"/t/{code}")
    expect(mobile.page.locator("[data-as-of]")).to_be_visible()
    Hand(mobile.page).check_healthy()
    expect(status(mobile.page, "#check")).to_contain_text("Saved on this phone")
    (row,) = mobile.rows()
    mobile.offline(False)
    expect(status(mobile.page, "#check")).to_contain_text("Received")
    with tls_site.records():
        assert Submission.select().where(Submission.id == row["submission_id"]).count() == 1


def refusal(mobile: Phone, url: str) -> str:
    with pytest.raises(Error) as refused:
        mobile.page.goto(url)
    return refused.value.message


def test_who_does_not_trust_it_is_warned(phone: Callable[..., Phone], tls_site: TlsServer) -> None:
    assert "ERR_CERT_AUTHORITY_INVALID" in refusal(phone(None), "/sign-in")


def test_plain_http_shows_how_to_trust_and_leads_on(
    phone: Callable[..., Phone], tls_site: TlsServer
) -> None:
    mobile = phone(tls_site.authority())
    mobile.page.goto(f"{tls_site.plain_url}/trust")
    main = mobile.page.locator("main")
    digits = trust.Authority(tls_site.authority(), "").fingerprint
    expect(main).to_contain_text(digits)
    assert digits[:35] in tls_site.log.read_text()
    mobile.page.get_by_role("button", name="中文").click()
    expect(main).to_contain_text("证书信任设置")
    mobile.page.goto(f"{tls_site.plain_url}/t/{tls_site.tags()[0]['code']}?from=label")
    assert mobile.page.url.startswith(f"{tls_site.url}/t/")
    answer = mobile.page.goto(f"{tls_site.plain_url}/healthz")
    assert answer
    assert answer.url == f"{tls_site.url}/healthz"
    assert "strict-transport-security" not in answer.headers


def test_browsers_keep_a_stolen_authority_to_private_addresses(
    phone: Callable[..., Phone], tls_site: TlsServer, tmp_path: Path
) -> None:
    """plain.test leads to this machine (the browser's flags), its certificate is well signed."""
    folder = tls_site.data_dir / trust.FOLDER
    authority = certificates._read(folder / certificates.AUTHORITY)
    assert authority
    mobile = phone(tls_site.authority())
    for host, opens in (("localhost", True), ("plain.test", False)):
        pair = tmp_path / f"{host}.pem"
        pair.write_bytes(certificates._site(authority, [host]).pem())
        with https_server(pair) as port:
            if opens:
                mobile.page.goto(f"https://{host}:{port}/")
            else:
                assert "ERR_CERT" in refusal(mobile, f"https://{host}:{port}/")


def test_a_new_certificate_is_served_without_a_stop(tls_site: TlsServer) -> None:
    folder = tls_site.data_dir / trust.FOLDER
    (folder / trust.SITE).unlink()
    assert certificates.ready(folder, [addresses.lan_address(), "localhost", "127.0.0.1"])
    kept = certificates._read(folder / trust.SITE)
    assert kept
    for pid in tls_site.web_servers():
        os.kill(pid, signal.SIGHUP)
    until(lambda: tls_site.serial() == kept.certificate.serial_number, "it serves the new one")


@contextmanager
def https_server(pair: Path) -> Iterator[int]:
    class Hello(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()
