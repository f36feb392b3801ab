"""What a phone needs to trust `serve --tls`: the authority's public certificate, never its key."""

import hashlib
from dataclasses import dataclass

from roundtag import addresses
from roundtag.settings import current

FOLDER = "tls"
PUBLIC = "authority.crt"
SITE = "site.pem"
"""Key and certificate of the site lie in one file, so that they are replaced together."""


@dataclass(frozen=True)
class Authority:
    """`certificate` is DER; `start` is the address to open once it is trusted."""

    certificate: bytes
    start: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 in capitals, as phones show it, in eight groups of eight digits."""
        digits = hashlib.sha256(self.certificate).hexdigest().upper()
        return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


def authority() -> Authority | None:
    """This installation's own authority; None where a proxy or plain http is in front."""
    if not current().tls:
        return None
    public = (current().data_dir / FOLDER / PUBLIC).read_bytes()
    return Authority(public, addresses.base_url())
