"""This installation's address as printed on tags: from settings, never from a request."""

import ipaddress
import socket
from urllib.parse import urlsplit

from roundtag.settings import current


def base_url() -> str:
    """BASE_URL, else plain http at this machine's address on its network (good for trials)."""
    return current().base_url or f"http://{lan_address()}:{current().port}"


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
