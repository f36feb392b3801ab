"""The rq worker. It imports everything before its first job, so that a fork starts in 30 ms."""

import importlib
import os
import pkgutil

from rq import Worker
from rq.serializers import JSONSerializer

import roundtag
from roundtag import db, jobs, logs, queue
from roundtag.settings import current
from roundtag.supervisor import lifeline

HEAVY = ("PIL.Image", "reportlab.pdfgen.canvas", "reportlab.platypus")
NOT_LIBRARY = {"supervisor", "worker", "scheduler", "migrations"}
ON_DEMAND = {"roundtag.bytestore.bucket"}
"""Its library is large: only an installation with a bucket loads it."""


def import_library() -> None:
    """Imports every module of the library, so that all handlers and standing tasks are known."""
    for module in pkgutil.walk_packages(roundtag.__path__, "roundtag."):
        if module.name.split(".")[1] not in NOT_LIBRARY and module.name not in ON_DEMAND:
            importlib.import_module(module.name)


def main() -> None:
    logs.set_up("worker")
    lifeline.hold()
    os.register_at_fork(after_in_child=lifeline.hold)
    db.connect(current().database_url)
    import_library()
    if current().embedded_queue:
        _recover()
    for name in HEAVY:
        importlib.import_module(name)
    Worker(
        [queue.queue()],
        connection=queue.connection(),
        serializer=JSONSerializer,
        worker_ttl=30,
        maintenance_interval=20,
        log_job_description=False,
    ).work(logging_level="WARNING")


def _recover() -> None:
    """Leaves no open connection behind: a fork must never share one."""
    with db.database.connection_context():
        jobs.recover()
    db.database.close_idle()
