"""Everything that an installation may set, read once from the environment.

DATABASE_URL, REDIS_URL, HOST, PORT, DATA_DIR, BASE_URL as in the README; nothing else switches
behaviour. Paths are absolute after reading.
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
    return Settings(
        data_dir=data_dir,
        database_url=env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'roundtag.db'}",
        redis_url=_address(env, "REDIS_URL", ("redis://", "rediss://", "unix://")),
        host=env.get("HOST") or ALL_ADDRESSES,
        port=_whole(env, "PORT", 8000, 65535),
        base_url=(_address(env, "BASE_URL", ("https://", "http://")) or "").rstrip("/") or None,
        trust_proxy=env.get("TRUST_PROXY") == "1",
        web_workers=_whole(env, "WEB_WORKERS", 2, 256),
    )


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


@cache
def current() -> Settings:
    return read(os.environ)
