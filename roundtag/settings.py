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
    port = env.get("PORT") or "8000"
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"PORT must be a number from 1 to 65535, not {port!r}")
    return Settings(
        data_dir=data_dir,
        database_url=env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'roundtag.db'}",
        redis_url=env.get("REDIS_URL") or None,
        host=env.get("HOST") or ALL_ADDRESSES,
        port=int(port),
        base_url=(env.get("BASE_URL") or "").rstrip("/") or None,
        trust_proxy=env.get("TRUST_PROXY") == "1",
    )


@cache
def current() -> Settings:
    return read(os.environ)
