"""Everything that an installation may set, read once from the environment.

The README lists the variables; nothing else switches behaviour. Paths are absolute after reading.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 - phones on the network must reach it


@dataclass(frozen=True)
class Settings:
    data_dir: Path
    database_url: str
    redis_url: str | None
    host: str
    port: int
    base_url: str | None
    trust_proxy: bool
    web_workers: int = 2
    tls: bool = False
    http_port: int = 8000
    """With `tls`: where plain http leads to https. Without: not used."""
    contact_days: int = 90
    """How long an attendee's contact is kept after their fault has ended."""
    anonymous_photos_mb: int = 2_000
    """Megabytes of photos taken from people without an account, all together."""

    @property
    def https(self) -> bool:
        """Whether browsers reach this installation by https, its own or a proxy's."""
        return self.tls or (self.base_url or "").startswith("https://")

    def at(self, host: str) -> str:
        """This process's own address, for one of the machine's names or numbers."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{_in_address(host)}:{self.port}"

    def plainly_at(self, host: str) -> str:
        """With `tls`: the door where a phone learns to trust."""
        return f"http://{_in_address(host)}:{self.http_port}"

    @property
    def embedded_database(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def embedded_queue(self) -> bool:
        return self.redis_url is None

    @property
    def blob_dir(self) -> Path:
        return self.data_dir / "blobs"

    @property
    def spool_dir(self) -> Path:
        return self.data_dir / "spool"


def read(env: Mapping[str, str]) -> Settings:
    """Settings from an environment. Raises ValueError with the variable's name."""
    data_dir = Path(env.get("DATA_DIR") or "var").expanduser().resolve()
    tls = env.get("TLS") == "1"
    return _consistent(Settings(
        data_dir=data_dir,
        database_url=env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'roundtag.db'}",
        redis_url=_address(env, "REDIS_URL", ("redis://", "rediss://", "unix://")),
        host=env.get("HOST") or ALL_ADDRESSES,
        port=_whole(env, "PORT", 8443 if tls else 8000, 65535),
        base_url=_printable(_address(env, "BASE_URL", ("https://", "http://"))),
        trust_proxy=env.get("TRUST_PROXY") == "1",
        web_workers=_whole(env, "WEB_WORKERS", 2, 256),
        tls=tls,
        http_port=_whole(env, "HTTP_PORT", 8000, 65535),
        contact_days=_whole(env, "CONTACT_DAYS", 90, 3650),
        anonymous_photos_mb=_whole(env, "ANONYMOUS_PHOTOS_MB", 2_000, 10_000_000),
    ))  # fmt: skip


def _consistent(read: Settings) -> Settings:
    if read.tls and read.port == read.http_port:
        raise ValueError("With TLS, PORT is for https and HTTP_PORT for http: they must differ")
    if read.tls and read.base_url and read.base_url.startswith("http:"):
        raise ValueError("BASE_URL must start with https:// with TLS")
    return read


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _whole(env: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= most:
        raise ValueError(f"{name} must be a number from 1 to {most}, not {text!r}")
    return int(text)


def _address(env: Mapping[str, str], name: str, beginnings: tuple[str, ...]) -> str | None:
    """The value is not repeated in the refusal: it may hold a password."""
    text = env.get(name) or None
    if text and not text.startswith(beginnings):
        raise ValueError(f"{name} must start with {' or '.join(beginnings)}")
    return text


def _printable(base_url: str | None) -> str | None:
    """An address that no label can bear is refused here and not at the first print."""
    if not base_url:
        return None
    from tags import qr

    try:
        qr.address(base_url, "0" * 10)
    except qr.AddressTooLongError as long:
        raise ValueError(
            f"BASE_URL has {long.length} characters; at most {long.limit} fit into a label's QR "
            "code. Use a shorter host name or path"
        ) from long
    except qr.AddressError as wrong:
        raise ValueError(f"BASE_URL cannot be printed on labels: {wrong}") from wrong
    return base_url.rstrip("/")


@cache
def current() -> Settings:
    return read(os.environ)
