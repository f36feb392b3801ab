"""The web server: granian's WSGI workers, one application each.

Two processes of four threads measured best on two cores; more threads in one process make pages
slower, so a larger machine gets more processes (WEB_WORKERS).
"""

import importlib
import socket
import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from roundtag import trust
from roundtag.settings import current
from roundtag.supervisor import lifeline, plain, preparation

THREADS = 4
PATIENCE = 8


def load(target: str) -> Any:
    """The WSGI application of `module:factory`, made inside a worker process."""
    lifeline.hold()
    module, factory = target.split(":")
    return getattr(importlib.import_module(module), factory)()


def load_plain(target: str) -> Any:
    """The same application, as far as plain http may show it beside https."""
    return plain.gate(load(target))


def numeric(host: str) -> str:
    """The server takes numbers only; HOST may be a name such as localhost."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return str(socket.getaddrinfo(host, None, family)[0][4][0])


def main(target: str, door: str = "") -> None:
    """Serves until it is asked to stop; `door` "plain" serves plain http beside https."""
    lifeline.hold()
    settings, plainly = current(), door == plain.DOOR
    importlib.import_module(target.split(":")[0])
    preparation.wait_until_over(settings.data_dir)
    pair = settings.data_dir / trust.FOLDER / trust.SITE if settings.tls and not plainly else None
    Granian(
        target,
        address=numeric(settings.host),
        port=settings.http_port if plainly else settings.port,
        interface=Interfaces.WSGI,
        workers=1 if plainly else settings.web_workers,
        blocking_threads=THREADS,
        ssl_cert=pair,
        ssl_key=pair,
        respawn_failed_workers=True,
        respawn_interval=0.3,
        workers_kill_timeout=PATIENCE,
        log_level=LogLevels.error,
    ).serve(target_loader=load_plain if plainly else load)


if __name__ == "__main__":
    main(*sys.argv[1:])
