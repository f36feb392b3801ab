"""The supervisor's course: prepare, start, watch, stop."""

import importlib
import logging
import os
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from roundtag import catalogues, logs, static_files
from roundtag.settings import Settings, current
from roundtag.supervisor import (
    announce,
    children,
    memory,
    parts,
    plain,
    preparation,
    systemd,
    tls,
    valkey,
)
from roundtag.supervisor.children import Child
from roundtag.supervisor.preparation import Refused
from roundtag.supervisor.signals import Waiter

LOOK_EVERY = 0.5
PROBE_EVERY = 0.05
FIRST_ANSWER = 60.0

ROLES = frozenset({"web", "worker", "scheduler"})
COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"
UNHURRIED = 25.0
"""Seconds for the job under way: with Redis one that is killed waits for its lease to end."""
APART = (
    "Several processes need DATABASE_URL and REDIS_URL: the embedded database and queue belong to "
    "one `roundtag serve` (docs/deploy.md)."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """`app`: the WSGI factory as module:function. `demo`: load the demo into an empty database.
    `roles`: what to run here; the others run elsewhere."""

    app: str
    demo: bool = False
    roles: frozenset[str] = ROLES


class Watched(Protocol):
    def watch(self, now: float) -> None: ...


def serve(options: Options) -> None:
    """Runs until SIGINT or SIGTERM. Raises Refused when the installation cannot start."""
    began, settings = time.monotonic(), current()
    logs.set_up("supervisor")
    shared = not (settings.embedded_database or settings.embedded_queue)
    if options.roles != ROLES and not shared:
        raise Refused(APART)
    with preparation.alone(settings.data_dir, shared), _counting(settings, shared):
        if "web" in options.roles:
            _serve_pages(settings, options, began)
        else:
            _work_only(settings, options)


@contextmanager
def _counting(settings: Settings, shared: bool) -> Iterator[None]:
    """Where the web workers count (operations/series.py); each start begins at nothing."""
    if shared:  # by DATA_DIR too, perhaps: each counts in a place of its own
        with tempfile.TemporaryDirectory(prefix="roundtag-metrics-") as own:
            os.environ[COUNTED_IN] = own
            yield
        return
    folder = settings.data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ[COUNTED_IN] = str(folder)
    yield


def _work_only(settings: Settings, options: Options) -> None:
    """The worker or the scheduler without pages; whoever comes first brings tables up to date."""
    waiter = Waiter()
    preparation.open_database(settings)
    preparation.close_database()
    helpers = _helpers(settings, options)
    _say_what_runs(options)
    systemd.tell("READY=1")
    try:
        _watch(helpers, waiter)
    finally:
        systemd.tell("STOPPING=1")
        children.stop(helpers)


def _say_what_runs(options: Options) -> None:
    print(f"Roundtag is ready: {', '.join(sorted(options.roles))}.", flush=True)


def _helpers(settings: Settings, options: Options) -> list[Child]:
    patience = 5.0 if settings.embedded_queue else UNHURRIED
    known = [
        parts.child("worker", "roundtag.worker:main", patience=patience),
        parts.child("scheduler", "roundtag.scheduler:main"),
    ]
    return [child for child in known if child.name in options.roles]


def _serve_pages(settings: Settings, options: Options, began: float) -> None:
    preparation.port_is_free(settings.host, settings.port)
    if settings.tls:
        preparation.port_is_free(settings.host, settings.http_port, "HTTP_PORT")
        tls.certify(settings)
    queue_server: list[Child] = []
    web = _web_server("web server", options.app)
    try:
        queue_server += _queue_server(settings)
        with memory.shared():
            importlib.import_module(options.app.split(":")[0])
        password = _prepare(settings, options)
        web.start()
        _run(settings, options, Waiter(), web, queue_server, password, began)
    finally:
        children.stop([web])
        children.stop(queue_server)


def _web_server(name: str, *arguments: str) -> Child:
    return parts.child(name, "roundtag.supervisor.web:main", *arguments, patience=10)


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
    helpers = _helpers(settings, options)
    if settings.tls:
        helpers.append(_web_server("plain http server", options.app, plain.DOOR))
    renewal = [tls.Renewal(settings, web)] if settings.tls else []
    team: list[Watched] = [web, *helpers, *queue_server, *renewal]
    try:
        _wait_for_answer(settings, waiter, web)
        if not waiter.stopping:
            if options.roles == ROLES:
                announce.show(settings, options.demo, password, time.monotonic() - began)
            else:
                _say_what_runs(options)
            systemd.tell("READY=1")
        _watch(team, waiter)
    finally:
        systemd.tell("STOPPING=1")
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
