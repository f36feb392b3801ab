"""A bad network of our own: a TCP proxy that cuts, holds, delays, swallows and repeats.

It reads a request whole, says `Connection: close` in it, and so serves one request per connection:
a fault counts bytes of exactly one request or of its reply.
"""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

NOW = struct.pack("ii", 1, 0)
"""SO_LINGER with 0 s: closing sends RST instead of FIN."""


@dataclass
class Fault:
    """What happens to one request whose head contains `match`.

    Of the request at most `request` bytes reach the server, of its reply at most `reply` bytes
    come back; then the line is cut (`rst`: hard), unless it is to be held: a held line goes on
    where it stood after `release`. `happened` is set once the cut or hold has come.
    """

    match: str = ""
    request: int | None = None
    reply: int | None = None
    hold: bool = False
    rst: bool = False
    twice: bool = False
    delay: float = 0
    happened: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    def wait(self, seconds: float = 30) -> "Fault":
        assert self.happened.wait(seconds), f"no request came for {self}"
        return self


def moments() -> dict[str, Fault]:
    """Where a delivery with one photo may be stopped, in its order; faults are used up, so anew."""
    return {
        "before the commit": Fault("POST /sync/", request=900, hold=True),
        "after the commit": Fault("POST /sync/", reply=0, hold=True),
        "in the middle of the photo": Fault("PUT /sync/photos/", request=1000, hold=True),
        "after the photo": Fault("PUT /sync/photos/", reply=10, hold=True),
    }


class Proxy:
    """Listens on a port of its own in front of the server's.

    `away` cuts every new request until the line is healed, `basement` as long as it is set.
    """

    def __init__(self, server_port: int) -> None:
        self.server_port, self.away, self.basement = server_port, False, False
        self.seen: list[tuple[str, int, int]] = []
        """Request line, bytes of the request, bytes of its reply."""
        self._faults: list[Fault] = []
        self._hit: list[Fault] = []
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._door.getsockname()[1])
        self.url = f"http://localhost:{self.port}"
        threading.Thread(target=self._listen, daemon=True).start()

    def next(self, fault: Fault) -> Fault:
        """The fault waits for the next request that it matches, and hits that one alone."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def heal(self) -> None:
        """No fault waits any more, and what is held goes on."""
        with self._lock:
            for fault in self._hit:
                fault.release.set()
            self._faults, self._hit, self.away = [], [], False

    def close(self) -> None:
        self.heal()
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                phone, _ = self._door.accept()
                threading.Thread(target=self._serve, args=(phone,), daemon=True).start()

    def _serve(self, phone: socket.socket) -> None:
        with phone, suppress(OSError):
            request = _whole(phone.recv)
            if not request or self.away or self.basement:
                return
            head = request.split(b"\r\n", 1)[0].decode("latin-1")
            fault = self._fault_for(head) or Fault()
            reply = self._pass_on(request, fault)
            self.seen.append((head, len(request), len(reply)))
            _send(phone, reply, fault.reply, fault)

    def _fault_for(self, head: str) -> Fault | None:
        with self._lock:
            found = next((fault for fault in self._faults if fault.match in head), None)
            if found:
                self._faults.remove(found)
                self._hit.append(found)
            return found

    def _pass_on(self, request: bytes, fault: Fault) -> bytes:
        """The server's whole reply; b"" when it gave none."""
        if fault.twice:
            threading.Thread(target=self._pass_on, args=(request, Fault()), daemon=True).start()
        with socket.create_connection(("127.0.0.1", self.server_port), 60) as server:
            if not _send(server, request, fault.request, fault):
                return b""
            received = b"".join(iter(lambda: server.recv(65536), b""))
        fault.release.wait(fault.delay)
        return received


def _send(line: socket.socket, data: bytes, limit: int | None, fault: Fault) -> bool:
    """Sends up to `limit` bytes. False when the line was cut there."""
    line.sendall(data[:limit])
    if limit is None:
        return True
    fault.happened.set()
    if fault.hold:
        fault.release.wait(120)
        line.sendall(data[limit:])
        return True
    if fault.rst:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOW)
    line.close()
    return False


def _whole(receive: Callable[[int], bytes]) -> bytes:
    """One request with its body, marked as the only one of its connection; b"" for none."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := receive(65536)):
            return b""
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    while len(body) < _length(lines):
        if not (more := receive(1 << 20)):
            return b""
        body += more
    return b"\r\n".join([*lines, b"Connection: close", b"", body])


def _length(lines: list[bytes]) -> int:
    named = (line.split(b":", 1) for line in lines if line.lower().startswith(b"content-length:"))
    return next((int(value) for _, value in named), 0)
