"""pytest plugin: a real S3-compatible server of the session's own, and buckets on it.

`bucket` sets BLOB_URL to a new bucket of it; `keeping` runs a test with the folder and the bucket.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from roundtag import bytestore, settings
from roundtag.bytestore.bucket import Bucket, client_of
from tests.house import lanes
from tests.house.processes import free_port

PYTHON = "/usr/bin/python3"
"""Debian's own, for which its python3-swift is installed."""
PROGRAM = Path(__file__).with_name("swift_server.py")
KEYS = {"S3_ACCESS_KEY": "test:tester", "S3_SECRET_KEY": "testing"}
_numbers = count(1)


@cache
def missing() -> str | None:
    """Why Swift cannot run here."""
    if not Path(PYTHON).exists():
        return f"no {PYTHON}"
    wanted = "import swift.proxy.server, swift.obj.server, swift.account.server, swift.container"
    if subprocess.run([PYTHON, "-c", wanted], capture_output=True).returncode:
        return "no OpenStack Swift (Debian: python3-swift)"
    with tempfile.NamedTemporaryFile() as file:
        try:
            os.setxattr(file.name, "user.roundtag", b"?")
        except OSError as error:
            return f"no extended attributes in {tempfile.gettempdir()} ({error.strerror})"
    return None


class Swift:
    """The server's process; it ends with this one, whatever happens."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port(following=4)
        self.start()

    def start(self) -> None:
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [PYTHON, "-I", PROGRAM, self.folder, str(self.port)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                env={"PATH": os.environ["PATH"], "TZ": "UTC0"},
            )  # fmt: skip
        assert self.process.stdout
        told = self.process.stdout.readline()
        assert told == b"ready\n", (self.folder / "log").read_text()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def url(self, bucket: str) -> str:
        return f"s3://{bucket}/photos?endpoint=http://127.0.0.1:{self.port}"


@pytest.fixture(scope="session")
def swift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swift]:
    lanes.need("s3")
    server = Swift(tmp_path_factory.mktemp("swift"))
    yield server
    server.kill()


def chosen() -> Bucket:
    """The bucket of the settings."""
    found = bytestore.of_settings()
    assert isinstance(found, Bucket)
    return found


@pytest.fixture
def bucket(swift: Swift, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A new bucket in which everything is kept, on a server that runs."""
    if swift.process.poll() is not None:
        swift.start()
    for name, value in {**KEYS, "BLOB_URL": swift.url(f"test-{next(_numbers)}")}.items():
        monkeypatch.setenv(name, value)
    settings.current.cache_clear()
    kept = chosen()
    kept.client.create_bucket(Bucket=kept.address.bucket)
    yield kept
    monkeypatch.undo()
    settings.current.cache_clear()


@pytest.fixture(params=["folder", "bucket"])
def keeping(request: pytest.FixtureRequest) -> str:
    """A test that asks for this runs with both; ask for it after the world."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return str(request.param)


def keys(kept: Bucket) -> list[str]:
    """Everything in the bucket, every version of it, by its key."""
    pages = kept.client.get_paginator("list_object_versions")
    found = pages.paginate(Bucket=kept.address.bucket)
    return [one["Key"] for page in found
            for one in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]]  # fmt: skip


def impatient(address: Any) -> Any:
    """A client without keys, whom every server refuses."""
    return client_of(address, "nobody", "nothing")
