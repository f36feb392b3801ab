"""pytest plugin: with ROUNDTAG_TEST_ENGINES=1 the whole suite is on PostgreSQL, Redis and S3.

Each DATA_DIR of a test then has a prefix in a bucket and a database of Redis, and of PostgreSQL
where a program is started on it; `conftest.KINDS` leaves SQLite out. What is about the embedded
engines themselves says so, with the reason: `@pytest.mark.embedded("…")`.
"""

import atexit
import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from roundtag.bucket_address import Address
from roundtag.bytestore import bucket
from tests.house import lanes, swift
from tests.house.redis_server import RedisServer

LEFT_OUT = "embedded engines: "
BUCKET = "engines"


class Engines:
    """One Redis and one Swift of this process, and the databases that it made in PostgreSQL."""

    def __init__(self) -> None:
        for lane in ("postgresql", "s3"):
            assert not (why := lanes.missing(lane)), f"asked for the engines: {why}"
        self.folder = Path(tempfile.mkdtemp(prefix="roundtag-engines-"))
        self.redis, self.swift = RedisServer(self.folder), swift.Swift(self.folder)
        self.numbers, self.settled = count(1), dict[str, dict[str, str]]()
        self.databases: set[str] = set()
        atexit.register(self.end)
        address = f"http://127.0.0.1:{self.swift.port}"
        door = bucket.client_of(Address(BUCKET, endpoint=address), *swift.KEYS.values())
        door.create_bucket(Bucket=BUCKET)

    def of(self, data_dir: str, redis: int | None = None) -> dict[str, str]:
        """Queue and bucket of a DATA_DIR, the same each time."""
        if data_dir not in self.settled:
            number = next(self.numbers)
            self.settled[data_dir] = {
                "REDIS_URL": self.redis.url(number if redis is None else redis),
                "BLOB_URL": f"s3://{BUCKET}/{number}?endpoint=http://127.0.0.1:{self.swift.port}",
                **swift.KEYS,
            }
        return self.settled[data_dir]

    def database_of(self, data_dir: str) -> str:
        """A database of a DATA_DIR, empty when it is asked for first."""
        name = f"roundtag_test_{hashlib.sha256(data_dir.encode()).hexdigest()[:12]}"
        if name not in self.databases:
            self.databases.add(name)
            self._tell(f'CREATE DATABASE "{name}"')
        return f"{lanes.postgresql_url().rsplit('/', 1)[0]}/{name}"

    def _tell(self, statement: str) -> None:
        with psycopg.connect(lanes.postgresql_url(), autocommit=True) as door:
            door.execute(statement)

    def end(self) -> None:
        for name in self.databases:
            self._tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.swift.kill()
        self.redis.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def engines() -> Engines:
    return Engines()


@pytest.fixture(scope="session")
def counts() -> str:
    """Where the limiter of this process counts."""
    return engines().redis.url() if lanes.engines() else "memory://"


@pytest.fixture
def keepers(tmp_path: Path) -> dict[str, str]:
    """For the settings of this process: its clients are kept, so Redis is one and is emptied."""
    if not lanes.engines():
        return {}
    engines().redis.door().flushdb()
    return engines().of(str(tmp_path / "data"), redis=0)


def of_a_program(data_dir: str | None) -> dict[str, str]:
    """For a program that is started on a DATA_DIR."""
    if not lanes.engines() or not data_dir:
        return {}
    return {"DATABASE_URL": engines().database_of(data_dir), **engines().of(data_dir)}


def database_url(data_dir: Path) -> str:
    """What a program on `data_dir` uses where a test chooses nothing."""
    return of_a_program(str(data_dir)).get("DATABASE_URL", f"sqlite:///{data_dir / 'roundtag.db'}")


@pytest.fixture(scope="session", autouse=True)
def one_client() -> Iterator[None]:
    """To make a client of botocore's takes longer than most tests, and one serves all buckets."""
    made = cache(bucket.client_of)

    def client_of(address: Address, *keys: str, quick: bool = False) -> Any:
        return made(replace(address, bucket="any", prefix=""), *keys, quick)

    with pytest.MonkeyPatch.context() as patch:
        if lanes.engines():
            patch.setattr(bucket, "client_of", client_of)
        yield


def pytest_runtest_setup(item: pytest.Item) -> None:
    if not lanes.engines():
        return
    if mark := item.get_closest_marker("embedded"):
        pytest.skip(LEFT_OUT + mark.args[0])
    chosen = getattr(item, "callspec", None)
    if chosen and chosen.params.get("store_kind") == "sqlite":
        pytest.fail("it wants SQLite and does not say why (mark it `embedded`)", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not lanes.engines():
        return
    found = Counter(str(report.longrepr[2]).partition(LEFT_OUT)[2]
                    for report in terminalreporter.stats.get("skipped", [])
                    if isinstance(report.longrepr, tuple))  # fmt: skip
    for reason, number in found.items():
        if reason:
            terminalreporter.write_line(f"On the engines {number} were left out: {reason}")
