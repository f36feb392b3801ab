"""The supervisor's course: prepare, start, watch, stop."""

import logging
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from roundtag import catalogues, static_files
from roundtag.settings import Settings, current
from roundtag.supervisor import announce, children, plain, preparation, tls, valkey
from roundtag.supervisor.children import Child
from roundtag.supervisor.preparation import Refused
from roundtag.supervisor.signals import Waiter

LOOK_EVERY = 0.5
PROBE_EVERY = 0.05
FIRST_ANSWER = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """`app`: the WSGI factory as module:function. `demo`: load the demo into an empty database."""

    app: str
    demo: bool = False


class Watched(Protocol):
    def watch(self, now: float) -> None: ...


def serve(options: Options) -> None:
    """Runs until SIGINT or SIGTERM. Raises Refused when the installation cannot start."""
    began, settings = time.monotonic(), current()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    with preparation.alone(settings.data_dir):
        preparation.port_is_free(settings.host, settings.port)
        if settings.tls:
            preparation.port_is_free(settings.host, settings.http_port, "HTTP_PORT")
            tls.certify(settings)
        queue_server: list[Child] = []
        web = _web_server("web server", options.app)
        try:
            with preparation.under_way(settings.data_dir):
                web.start()
                queue_server += _queue_server(settings)
                password = _prepare(settings, options)
            _run(settings, options, Waiter(), web, queue_server, password, began)
        finally:
            children.stop([web])
            children.stop(queue_server)


def _web_server(name: str, *arguments: str) -> Child:
    return children.python(name, "roundtag.supervisor.web", *arguments, patience=10)


def _queue_server(settings: Settings) -> list[Child]:
    if not settings.embedded_queue:
        return []
    valkey.end_leftover(settings.data_dir)
    child = valkey.child(settings.data_dir)
    child.start()
    return [child]


def _prepare(settings: Settings, options: Options) -> str | None:
    preparation.open_database(settings)
    from roundtag.supervisor import first_start

    password = first_start.prepare(options.demo)
    preparation.close_database()
    catalogues.compile_stale()
    static_files.prepare(settings.data_dir)
    return password


def _run(settings: Settings, options: Options, waiter: Waiter, web: Child,
         queue_server: list[Child], password: str | None, began: float) -> None:  # fmt: skip
    helpers = [
        children.python("worker", "roundtag.worker"),
        children.python("scheduler", "roundtag.scheduler"),
    ]
    if settings.tls:
        helpers.append(_web_server("plain http server", options.app, plain.DOOR))
    renewal = [tls.Renewal(settings, web)] if settings.tls else []
    team: list[Watched] = [web, *helpers, *queue_server, *renewal]
    try:
        _wait_for_answer(settings, waiter, web)
        if not waiter.stopping:
            announce.show(settings, options.demo, password, time.monotonic() - began)
        _watch(team, waiter)
    finally:
        children.stop([web, *helpers])


def _wait_for_answer(settings: Settings, waiter: Waiter, web: Child) -> None:
    """The helpers start after the first answer, so that they do not slow it down."""
    give_up = time.monotonic() + FIRST_ANSWER
    while not waiter.stopping and not _answers(settings):
        if web.process is None or web.process.poll() is not None or time.monotonic() > give_up:
            raise Refused("The web server did not start; the lines above say why.")
        waiter.wait(PROBE_EVERY)


def _answers(settings: Settings) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    address, believed = f"{settings.at(host)}/healthz", tls.believing()
    try:
        with urllib.request.urlopen(address, timeout=5, context=believed) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except urllib.error.HTTPError as answer:
        return answer.code < 500 or answer.code == 503
    except OSError:
        return False


def _watch(team: Sequence[Watched], waiter: Waiter) -> None:
    while not waiter.stopping:
        now = time.monotonic()
        for member in team:
            member.watch(now)
        waiter.wait(LOOK_EVERY)
