"""The authority of `serve --tls`: what it vouches for, what it never may, how it lasts."""

import ipaddress
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from roundtag import addresses, certificates, clock, settings, trust

HOSTS = ["192.168.1.20", "localhost", "127.0.0.1", "::1", "av-desk", "av-desk.local"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "tls"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """later(days) moves our clock."""
    now = clock.now()
    return lambda days: monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=days))


def kept(folder: Path, name: str) -> certificates.Pair:
    found = certificates._read(folder / name)
    assert found
    return found


def verify(site: x509.Certificate, authority: x509.Certificate, host: str) -> None:
    """Raises VerificationError where a strict client would refuse."""
    policy = PolicyBuilder().store(Store([authority])).time(clock.now())
    policy.build_server_verifier(certificates._general_name(host)).verify(site, [])


def test_every_own_name_is_vouched_for_and_no_other(folder: Path) -> None:
    assert certificates.ready(folder, HOSTS)
    authority = x509.load_der_x509_certificate((folder / trust.PUBLIC).read_bytes())
    site = kept(folder, trust.SITE).certificate
    for host in HOSTS:
        verify(site, authority, host)
    with pytest.raises(VerificationError):
        verify(site, authority, "192.168.1.21")
    other = certificates._new_authority(HOSTS).certificate
    with pytest.raises(VerificationError):
        verify(site, other, HOSTS[0])
    assert site.not_valid_after_utc - site.not_valid_before_utc <= timedelta(days=398)


@pytest.mark.parametrize("host", ["bank.example", "8.8.8.8", "2001:db8::1", "notlocal"])
def test_a_stolen_authority_cannot_speak_for_the_web(folder: Path, host: str) -> None:
    certificates.ready(folder, HOSTS)
    authority = kept(folder, certificates.AUTHORITY)
    with pytest.raises(VerificationError):
        verify(certificates._site(authority, [host]).certificate, authority.certificate, host)


def test_it_may_speak_for_what_this_machine_is_called(folder: Path) -> None:
    """A campus gives its desks public numbers, and BASE_URL may name one."""
    hosts = ["av.campus.example", "203.0.113.7", *HOSTS]
    certificates.ready(folder, hosts)
    authority = kept(folder, certificates.AUTHORITY).certificate
    for host in hosts[:2]:
        verify(kept(folder, trust.SITE).certificate, authority, host)
    with pytest.raises(ValueError, match="trust it anew"):
        certificates.ready(folder, ["elsewhere.example", *HOSTS])
    assert not certificates.ready(folder, [*hosts, "elsewhere.example"])


def test_the_site_is_renewed_and_the_authority_stays(
    folder: Path, later: Callable[[int], None]
) -> None:
    certificates.ready(folder, HOSTS)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert not certificates.ready(folder, HOSTS[:3])
    later(360)
    assert not certificates.ready(folder, HOSTS)
    later(370)
    assert certificates.ready(folder, HOSTS)
    moved = ["10.1.2.3", *HOSTS]
    assert certificates.ready(folder, moved)
    assert not certificates.ready(folder, moved)
    verify(kept(folder, trust.SITE).certificate, kept(folder, certificates.AUTHORITY).certificate,
           moved[0])  # fmt: skip
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {trust.SITE}


def test_near_its_end_an_authority_is_followed_by_another(
    folder: Path, later: Callable[[int], None]
) -> None:
    certificates.ready(folder, HOSTS)
    first = (folder / trust.PUBLIC).read_bytes()
    for days, same in ((3588, True), (3600, False)):
        later(days)
        certificates.ready(folder, HOSTS)
        assert not certificates.ready(folder, HOSTS)
        assert ((folder / trust.PUBLIC).read_bytes() == first) is same
        verify(kept(folder, trust.SITE).certificate,
               kept(folder, certificates.AUTHORITY).certificate, HOSTS[0])  # fmt: skip


def test_only_the_owner_reads_the_keys_and_no_half_file_stays(folder: Path) -> None:
    certificates.ready(folder, HOSTS)
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        certificates.AUTHORITY: 0o600, trust.SITE: 0o600, trust.PUBLIC: 0o600}  # fmt: skip
    assert folder.stat().st_mode & 0o777 == 0o700
    assert b"PRIVATE" not in (folder / trust.PUBLIC).read_bytes()


@pytest.mark.parametrize("name", [certificates.AUTHORITY, trust.SITE])
def test_a_damaged_file_is_named_and_not_replaced(folder: Path, name: str) -> None:
    certificates.ready(folder, HOSTS)
    (folder / name).write_bytes(b"-----BEGIN PRIVATE KEY-----\ncut")
    with pytest.raises(ValueError, match=name):
        certificates.ready(folder, HOSTS)
    assert (folder / name).read_bytes().endswith(b"cut")


def test_own_hosts_begin_with_the_printed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    read = settings.read({"TLS": "1", "BASE_URL": "https://AV.lan:9443", "HOST": "10.0.0.5"})
    monkeypatch.setattr(addresses, "current", lambda: read)
    found = addresses.own_hosts()
    assert found[0] == "av.lan"
    assert {"localhost", "127.0.0.1", "::1", "10.0.0.5"} <= set(found)
    assert ipaddress.ip_address(addresses.lan_address()).compressed in found
    assert addresses.plain_url("/trust") == "http://av.lan:8000/trust"
