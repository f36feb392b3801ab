"""The web server: granian's WSGI workers, one application each.

Two processes of four threads measured best on two cores; more threads in one process make pages
slower, so a larger machine gets more processes (WEB_WORKERS).
"""

import importlib
import multiprocessing
import socket
from functools import cache
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from roundtag import logs, trust
from roundtag.settings import current
from roundtag.supervisor import lifeline, memory, parts, plain

THREADS = 4
PATIENCE = 8
ITS_LOG = {"loggers": {"_granian": {"propagate": True}}}
"""The server's own words go through our log, as everybody's."""


@cache
def application(target: str) -> Any:
    """The WSGI application of `module:factory`, made once for all workers that part from here."""
    module, factory = target.split(":")
    return getattr(importlib.import_module(module), factory)()


def load(target: str) -> Any:
    """What a worker serves, asked for inside of it."""
    lifeline.hold()
    logs.set_up("web")
    return application(target)


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
    logs.set_up("web")
    memory.give_back_large()
    settings, plainly = current(), door == plain.DOOR
    if parts.PARTING:
        multiprocessing.set_start_method("fork", force=True)  # Python 3.14 would start them anew
        with memory.shared():
            application(target)
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
        log_dictconfig=ITS_LOG,
    ).serve(target_loader=load_plain if plainly else load)
