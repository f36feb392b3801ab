"""pytest plugin: lanes that need a service. A lane without its service is left out, and says so.

ROUNDTAG_REQUIRE_LANES=postgresql,redis,… makes a missing service a failure instead.
"""

import os
import shutil
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.house import browsers

LANES = ("postgresql", "redis", "browser", "certutil", "firefox", "webkit", "oidc", "strace",
         "lighthouse", "s3", "systemd")  # fmt: skip


def postgresql_url() -> str:
    """An account that may create databases; its own database is only the door."""
    return os.environ.get(
        "ROUNDTAG_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres"
    )


def redis_url() -> str:
    return os.environ.get("ROUNDTAG_TEST_REDIS", "redis://127.0.0.1:6379/9")


def engines() -> bool:
    """Whether the whole suite is on PostgreSQL, Redis and S3 (tests/house/engines.py)."""
    return os.environ.get("ROUNDTAG_TEST_ENGINES") == "1"


def need(lane: str) -> None:
    """Leaves the present test out when its lane's service is missing; fails it when required."""
    if why := missing(lane):
        if lane in _required():
            pytest.fail(f"the lane {lane} is required: {why}", pytrace=False)
        pytest.skip(f"lane {lane} left out: {why}")


@cache
def missing(lane: str) -> str | None:
    """Why a lane cannot run here, or None when it can."""
    return {"postgresql": _postgresql, "redis": _redis, "browser": _browser,
            "certutil": _certutil, "firefox": _firefox, "webkit": _webkit,
            "oidc": _oidc, "strace": _strace, "lighthouse": _lighthouse, "s3": _s3,
            "systemd": _systemd}[lane]()  # fmt: skip


def _postgresql() -> str | None:
    import psycopg

    try:
        psycopg.connect(postgresql_url(), connect_timeout=3).close()
    except psycopg.Error as error:
        return f"no PostgreSQL at {_where(postgresql_url())} ({_first_line(error)})"
    return None


def _redis() -> str | None:
    where = urlsplit(redis_url())
    try:
        socket.create_connection((where.hostname or "", where.port or 6379), 2).close()
    except OSError as error:
        return f"no Redis at {_where(redis_url())} ({_first_line(error)})"
    return None


def _browser() -> str | None:
    return None if browsers.find() else "no Chromium was found or could be installed"


def _certutil() -> str | None:
    """Chromium on Linux believes what its user's NSS store holds; this program fills it."""
    if sys.platform == "linux" and shutil.which("certutil"):
        return None
    return "no certutil (Debian: libnss3-tools), or not Linux"


def _firefox() -> str | None:
    return None if browsers.firefox() else "no Firefox (Debian: firefox-esr)"


def _webkit() -> str | None:
    return None if browsers.webkit() else "no WebKitGTK (Debian: webkit2gtk-driver, xvfb)"


def _oidc() -> str | None:
    """The provider of single sign-on that `bin/setup oidc` installs."""
    if not shutil.which("node"):
        return "no Node.js"
    found = Path(__file__).parent.parent / "oidc" / "node_modules" / "oidc-provider"
    return None if found.is_dir() else "tests/oidc is not installed (bin/setup oidc)"


def _strace() -> str | None:
    """System calls are recorded and made to fail by it."""
    if not shutil.which("strace"):
        return "no strace"
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True)
    return "strace may not trace here" if tried.returncode else None


def _lighthouse() -> str | None:
    """The judge of pages that `bin/setup lighthouse` installs."""
    found = Path(__file__).parent.parent / "lighthouse" / "node_modules" / "lighthouse"
    return _browser() if found.is_dir() else "tests/lighthouse is not installed"


def _systemd() -> str | None:
    return None if shutil.which("systemd-analyze") else "no systemd-analyze"


def _s3() -> str | None:
    from tests.house import swift

    return swift.missing()


def _where(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}"


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


def _required() -> set[str]:
    return set(filter(None, os.environ.get("ROUNDTAG_REQUIRE_LANES", "").split(",")))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for lane in LANES:
        if item.get_closest_marker(lane):
            need(lane)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    for lane in LANES:
        count = sum(f"lane {lane} left out" in str(report.longrepr) for report in skipped)
        if count:
            terminalreporter.write_line(
                f"Lane left out: {lane}, {count} tests: {missing(lane)}", yellow=True
            )
