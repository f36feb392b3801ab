"""The queue that carries job ids to the worker: real rq everywhere, on Redis or our own Valkey.

REDIS_URL names a server; without it the supervisor runs an embedded Valkey on a unix socket. Jobs
travel as JSON, never as pickles, so that access to the queue is not access to the code.
"""

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from redis import Redis, RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from roundtag.settings import current

NAME = "roundtag"
LONGEST_SOCKET_PATH = 103


def url() -> str:
    """The address of the queue server in redis-py's spelling."""
    return current().redis_url or f"unix://{socket_path(current().data_dir)}"


def limits_url() -> str:
    """The same server for flask-limiter, whose spelling of a unix socket differs."""
    return current().redis_url or f"redis+{url()}"


def socket_path(data_dir: Path) -> Path:
    """Where the embedded server listens: short, private, the same for every process of DATA_DIR."""
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:10]
    name = f"roundtag-{os.getuid()}-{mark}/queue.sock"
    path = Path(tempfile.gettempdir(), name)
    return path if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH else Path("/var/tmp", name)  # noqa: S108 - private_folder() refuses a folder that is not ours


def private_folder(path: Path) -> Path:
    """Makes a folder that only we may enter. Raises PermissionError when another made it."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{path} is not a private folder of this account; remove it")
    return path


def connection() -> Redis:
    return _client(url())


@cache
def _client(address: str) -> Redis:
    return Redis.from_url(address, socket_connect_timeout=2, socket_timeout=5)


def queue() -> Queue:
    return Queue(NAME, connection=connection(), serializer=JSONSerializer)


def health() -> dict[str, Any]:
    """What /healthz says of the queue: mode (embedded or redis), up, waiting (None when down)."""
    mode = "embedded" if current().embedded_queue else "redis"
    try:
        return {"mode": mode, "up": True, "waiting": queue().count}
    except RedisError:
        return {"mode": mode, "up": False, "waiting": None}


def stop_embedded() -> None:
    """Ends the embedded server when nobody is left to do so; a Redis of others is never touched."""
    if current().embedded_queue:
        with suppress(RedisError):
            connection().shutdown()
