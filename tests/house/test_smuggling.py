"""Attack: two requests in one, or one that front and back read differently (request smuggling).
Raw bytes to the real web server: each ambiguous message is refused or ends its connection, and no
second answer ever comes to it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.processes import free_port
from tests.house.test_serve import Site

QUIET = 3
"""Seconds after which nothing more is expected."""
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
CHUNKED = b"0\r\n\r\n" + HIDDEN
LENGTH = str(len(CHUNKED)).encode()
AMBIGUOUS = {
    "length and chunks": b"Content-Length: " + LENGTH + b"\r\nTransfer-Encoding: chunked",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: " + LENGTH,
    "two lengths": b"Content-Length: 5\r\nContent-Length: " + LENGTH,
    "two in a list": b"Content-Length: 5, " + LENGTH,
    "a signed length": b"Content-Length: +5",
    "a length in hexadecimal": b"Content-Length: 0x5",
    "a negative length": b"Content-Length: -5",
    "a space before the colon": b"Content-Length : 5",
    "a tab in the coding": b"Transfer-Encoding:\tchunked, identity",
    "a folded header": b"X-A: b\r\n Transfer-Encoding: chunked",
    "a bare line feed": b"X-A: b\nTransfer-Encoding: xchunked",
    "an unknown coding": b"Transfer-Encoding: xchunked",
    "a null in a header": b"X-A: b\0c",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(Path(tmp_path_factory.mktemp("smuggling"), "data"), free_port())
    try:
        made.wait()
        yield made
    finally:
        made.process.terminate()
        made.process.wait(20)


def answers(site: Site, data: bytes) -> bytes:
    """All that comes back until the server has closed the line or says nothing for a while."""
    with socket.create_connection(("127.0.0.1", site.port), 10) as line:
        line.sendall(data)
        line.settimeout(QUIET)
        found = b""
        while part := _received(line):
            found += part
        return found


def _received(line: socket.socket) -> bytes:
    try:
        return line.recv(65536)
    except (TimeoutError, ConnectionError):
        return b""


@pytest.mark.parametrize("header", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_an_ambiguous_message_is_one_message_or_none(site: Site, header: bytes) -> None:
    head = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n" + header + b"\r\n\r\n"
    found = answers(site, head + CHUNKED)
    assert b'"database"' not in found
    assert found.count(b"HTTP/1.1 2") == 0
    assert site.health()


def test_without_an_ambiguity_two_requests_have_two_answers(site: Site) -> None:
    """The test of the test above."""
    one = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert answers(site, one + HIDDEN).count(b'"database"') == 2


def test_trace_is_not_known_and_no_error_shows_its_inside(site: Site) -> None:
    for line in (b"TRACE /sign-in", b"GET /%00", b"GET /t/%ff%fe", b"BREW /sign-in"):
        data = (
            line + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Echo: echo-me\r\nConnection: close\r\n\r\n"
        )
        found = answers(site, data)
        assert b"echo-me" not in found
        assert b"Traceback" not in found
        assert b"werkzeug" not in found.lower()
        assert found.split(b" ")[1][:1] == b"4", found[:200]
