"""An authority of this installation alone and the certificate of its site, for `serve --tls`.

A phone that trusts the authority trusts it for years, so it is made once and kept, and it may speak
for private addresses and this machine's own names only: whoever steals it cannot pose as the web.
"""

import ipaddress
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from roundtag import clock, disk
from roundtag.trust import PUBLIC, SITE

AUTHORITY = "authority.pem"
AUTHORITY_LIFE = timedelta(days=3650)
SITE_LIFE = timedelta(days=397)  # phones refuse a longer one
RENEW_BEFORE = timedelta(days=30)
CLOCKS_DIFFER = timedelta(days=1)
PRIVATE = tuple(map(ipaddress.ip_network, (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
    "127.0.0.0/8", "::1/128", "fc00::/7", "fe80::/10",
)))  # fmt: skip
LOCAL_NAMES = ("localhost", "local")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Pair:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def pem(self) -> bytes:
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.certificate.public_bytes(Encoding.PEM)


def ready(folder: Path, hosts: Sequence[str]) -> bool:
    """Makes or renews what `folder` lacks for `hosts`; True when the site's certificate is new.

    The first host must be served; others are left out where the authority may not speak for them.
    Raises ValueError with what to do when the first one is such, or a file cannot be read.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _authority(folder, hosts)
    _publish(folder / PUBLIC, authority)
    served = [host for host in hosts if _may_speak_for(authority.certificate, host)]
    if hosts[0] not in served:
        raise ValueError(
            f"The certificate authority in {folder} may not speak for {hosts[0]}. Move the folder "
            "away and start again: a new one is made, and every phone has to trust it anew."
        )
    if _serves(_read(folder / SITE), authority, served):
        return False
    _store(folder / SITE, _site(authority, served).pem())
    return True


def _authority(folder: Path, hosts: Sequence[str]) -> Pair:
    kept = _read(folder / AUTHORITY)
    if kept and _lasts(kept.certificate, 2 * RENEW_BEFORE):
        return kept
    made = _new_authority(hosts)
    _store(folder / AUTHORITY, made.pem())
    return made


def _publish(path: Path, authority: Pair) -> None:
    public = authority.certificate.public_bytes(Encoding.DER)
    if not path.exists() or path.read_bytes() != public:
        _store(path, public)


def _lasts(certificate: x509.Certificate, span: timedelta) -> bool:
    return certificate.not_valid_after_utc - clock.now() > span


def _serves(site: Pair | None, authority: Pair, hosts: Iterable[str]) -> bool:
    if site is None or not _lasts(site.certificate, RENEW_BEFORE) or not _is_from(site, authority):
        return False
    names = site.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return set(map(_general_name, hosts)) <= set(names)


def _is_from(site: Pair, authority: Pair) -> bool:
    signer = site.certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    return signer == _signer(authority)


def _new_authority(hosts: Sequence[str]) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    day = clock.local_day(clock.now())
    name = _name(f"Roundtag {socket.gethostname()[:30]} {day}")
    built = (
        _begun(name, name, key, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(_constraints(hosts), critical=True)
    )
    return Pair(key, built.sign(key, hashes.SHA256()))


def _site(authority: Pair, hosts: Sequence[str]) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    left = authority.certificate.not_valid_after_utc - clock.now()
    names = x509.SubjectAlternativeName(map(_general_name, hosts))
    built = (
        _begun(_name(hosts[0]), authority.certificate.subject, key, min(SITE_LIFE, left))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), False)
        .add_extension(_signer(authority), critical=False)
        .add_extension(names, critical=False)
    )
    return Pair(key, built.sign(authority.key, hashes.SHA256()))


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, life: timedelta
) -> x509.CertificateBuilder:
    begin: datetime = clock.now() - CLOCKS_DIFFER
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common[:64])])


def _signer(authority: Pair) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())


def _key_usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _constraints(hosts: Iterable[str]) -> x509.NameConstraints:
    """Private networks, local names, and what this machine is called today."""
    named = [x509.DNSName(name) for name in LOCAL_NAMES]
    networks = [x509.IPAddress(network) for network in PRIVATE]
    allowed: list[x509.GeneralName] = [*named, *networks]
    allowed += [_as_subtree(host) for host in hosts if not _is_within(allowed, host)]
    return x509.NameConstraints(permitted_subtrees=allowed, excluded_subtrees=None)


def _as_subtree(host: str) -> x509.GeneralName:
    address = _address(host)
    return x509.IPAddress(ipaddress.ip_network(address)) if address else x509.DNSName(host)


def _may_speak_for(authority: x509.Certificate, host: str) -> bool:
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    return _is_within(limits.permitted_subtrees or (), host)


def _is_within(allowed: Iterable[x509.GeneralName], host: str) -> bool:
    address = _address(host)
    if address:
        networks: list[Any] = [net.value for net in allowed if isinstance(net, x509.IPAddress)]
        return any(address in network for network in networks)
    names = [name.value for name in allowed if isinstance(name, x509.DNSName)]
    return any(host == name or host.endswith(f".{name}") for name in names)


def _general_name(host: str) -> x509.GeneralName:
    address = _address(host)
    return x509.IPAddress(address) if address else x509.DNSName(host)


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _read(path: Path) -> Pair | None:
    if not path.exists():
        return None
    try:
        data = path.read_bytes()
        key, certificate = load_pem_private_key(data, None), x509.load_pem_x509_certificate(data)
    except ValueError as broken:
        raise ValueError(f"{path} is damaged. Move it away and start again.") from broken
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path} is not ours. Move it away and start again.")
    return Pair(key, certificate)


def _store(path: Path, data: bytes) -> None:
    with disk.whole(path, private=True) as file:
        file.write(data)
