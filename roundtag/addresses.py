"""This installation's address as printed on tags: from settings, never from a request."""

import ipaddress
import socket
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from roundtag.settings import current

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


def base_url() -> str:
    """BASE_URL, else this machine's address on its network (good for trials)."""
    return current().base_url or current().at(lan_address())


def plain_url(path: str) -> str:
    """With TLS: a page of the door that needs no trust yet."""
    return current().plainly_at(urlsplit(base_url()).hostname or "") + path


def own_hosts() -> list[str]:
    """The host of base_url() first, then every other name or number of this machine we know."""
    name = socket.gethostname()
    own = [urlsplit(base_url()).hostname or "", lan_address(), "localhost", "127.0.0.1", "::1"]
    own += [] if current().host in EVERYWHERE else [current().host]
    named = [name, f"{name.split('.')[0]}.local"] if name.isascii() else []
    numbers = [str(found[4][0]) for found in _looked_up(name)]
    return list(dict.fromkeys(host.lower() for host in (*own, *named, *numbers)))


def _looked_up(name: str) -> list[Any]:
    with suppress(OSError, UnicodeError):
        return list(socket.getaddrinfo(name, None, type=socket.SOCK_STREAM))
    return []


def lan_address() -> str:
    """The address by which others on the network reach this machine. No packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def is_trial() -> bool:
    """True while printed tags would strand people: not a public https address."""
    parts = urlsplit(base_url())
    return parts.scheme != "https" or _is_private(parts.hostname or "")


def _is_private(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(".local")


def foreign_host(text: str) -> str | None:
    """The host of a web address that is not below this installation's; None for anything else."""
    try:
        parts = urlsplit(text.strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    return None if host.lower() in own_hosts() else host.lower()[:100]
