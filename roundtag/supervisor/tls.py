"""Certificates for `serve --tls`: ready before the first answer, looked after ever since."""

import logging
import ssl
from dataclasses import dataclass

from roundtag import addresses, trust
from roundtag.settings import Settings
from roundtag.supervisor.children import Child

LOOK_EVERY = 60.0

log = logging.getLogger(__name__)


def certify(settings: Settings) -> bool:
    """Makes what is missing; True when the site's certificate is new. Raises ValueError."""
    from roundtag import certificates  # only who serves by TLS pays for cryptography

    return certificates.ready(settings.data_dir / trust.FOLDER, addresses.own_hosts())


def believing() -> ssl.SSLContext | None:
    """What the supervisor itself believes when it asks its own web server."""
    authority = trust.authority()
    return ssl.create_default_context(cadata=authority.certificate) if authority else None


@dataclass
class Renewal:
    """Looks now and then whether the certificate ends soon or the machine has moved."""

    settings: Settings
    web: Child
    due: float = 0.0

    def watch(self, now: float) -> None:
        if now < self.due:
            return
        self.due = now + LOOK_EVERY
        try:
            if certify(self.settings):
                self.web.reload()
        except (OSError, ValueError) as refused:
            log.warning("%s", refused)
