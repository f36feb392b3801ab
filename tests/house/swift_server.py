"""OpenStack Swift in one process, with its S3 door: `/usr/bin/python3 swift_server.py FOLDER PORT`.

Run by the system's Python, which is the one that Debian's python3-swift is for. The rings have one
copy of everything, the four servers of Swift are green threads. It ends when its input ends, so it
never outlives who started it; killed and started again on its folder it has what it acknowledged.
"""

import os
import sys
import threading
from pathlib import Path
from typing import Any

import eventlet
import eventlet.wsgi

LETTERS = {"account": 1, "container": 2, "object": 3}
USER = "user_test_tester = testing .admin"
"""Account test, user tester: the access key is test:tester, the secret key testing."""
PIPELINE = ("catch_errors gatekeeper healthcheck listing_formats s3api tempauth copy slo "
            "versioned_writes symlink proxy-server")  # fmt: skip


class Memory:
    """In the place of memcached: what Swift remembers of accounts and containers."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def get(self, key: str, *_: Any, **__: Any) -> Any:
        return self._kept.get(key)

    def set(self, key: str, value: Any, *_: Any, **__: Any) -> None:
        self._kept[key] = value

    def delete(self, key: str, *_: Any, **__: Any) -> None:
        self._kept.pop(key, None)


def _remembering(app: Any) -> Any:
    memory = Memory()

    def remembered(env: dict[str, Any], start: Any) -> Any:
        env["swift.cache"] = memory
        return app(env, start)

    return remembered


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    os._exit(0)


def _configs(folder: Path, port: int) -> dict[str, str]:
    swift_dir = f"swift_dir = {folder}\nlog_level = WARNING\nlog_address = {folder}/no-log\n"
    found = {
        name: f"[DEFAULT]\n{swift_dir}devices = {folder}/disks\nmount_check = false\n"
        f"bind_ip = 127.0.0.1\nbind_port = {port + number}\ndisable_fallocate = true\n"
        f"[app:main]\nuse = egg:swift#{name}\n"
        for name, number in LETTERS.items()
    }
    filters = "".join(
        f"[filter:{name}]\nuse = egg:swift#{name}\n{more}"
        for name, more in {
            "catch_errors": "", "gatekeeper": "", "healthcheck": "", "listing_formats": "",
            "s3api": "s3_acl = false\nlocation = us-east-1\nauth_pipeline_check = false\n",
            "tempauth": USER + "\n", "copy": "", "slo": "", "symlink": "",
            "versioned_writes": "allow_object_versioning = true\n",
        }.items()
    )  # fmt: skip
    found["proxy"] = (
        f"[DEFAULT]\n{swift_dir}bind_ip = 127.0.0.1\nbind_port = {port}\n"
        f"[pipeline:main]\npipeline = {PIPELINE}\n{filters}"
        "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
    )
    return found


def _rings(folder: Path, port: int) -> None:
    from swift.common.ring import RingBuilder

    for name, number in LETTERS.items():
        builder = RingBuilder(1, 1, 0)
        builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1, "ip": "127.0.0.1",
                         "port": port + number, "device": "disk"})  # fmt: skip
        builder.rebalance()
        builder.get_ring().save(str(folder / f"{name}.ring.gz"))


def main(folder: Path, port: int) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    (folder / "disks" / "disk").mkdir(parents=True, exist_ok=True)
    (folder / "swift.conf").write_text(
        "[swift-hash]\nswift_hash_path_suffix = test\n"
        "[storage-policy:0]\nname = one\ndefault = yes\n"
    )
    from swift.common import utils

    eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True, time=True)
    utils.set_swift_dir(str(folder))
    utils.validate_hash_conf()
    from swift.common import storage_policy, wsgi

    storage_policy.reload_storage_policies()
    _rings(folder, port)
    threads = []
    for name, text in _configs(folder, port).items():
        path = folder / f"{name}.conf"
        path.write_text(text)
        number = LETTERS.get(name, 0)
        socket = eventlet.listen(("127.0.0.1", port + number))
        app = wsgi.loadapp(str(path), allow_modify_pipeline=False)
        app = _remembering(app) if name == "proxy" else app
        threads.append(eventlet.spawn(eventlet.wsgi.server, socket, app, log_output=False))
    print("ready", flush=True)
    for thread in threads:
        thread.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), int(sys.argv[2]))
