"""Everything that an installation may set, read once from the environment.

The README lists the variables; nothing else switches behaviour. Paths are absolute after reading.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from roundtag import bucket_address
from roundtag.bucket_address import Address

ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 - phones on the network must reach it
LEVELS = ("debug", "info", "warning", "error")
SHORTEST_TOKEN = 20


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
    database_pool: int = 16
    """How many connections to PostgreSQL one process may hold at most."""
    tls: bool = False
    http_port: int = 8000
    """With `tls`: where plain http leads to https. Without: not used."""
    contact_days: int = 90
    """How long an attendee's contact is kept after their fault has ended."""
    ledger_key: Path = Path("var/keys/ledger.key")
    """Where the key that signs the heads of the logs lies: in no database and in no backup."""
    anonymous_photos_mb: int = 2_000
    """Megabytes of photos taken from people without an account, all together."""
    backup_dir: Path | None = None
    """Where the nightly backups lie; None: beside the data."""
    backup_keep: int = 14
    photos_mb: int = 200_000
    """Megabytes of photos and papers, all together; beyond it no photo is taken."""
    free_mb: int = 500
    """Megabytes of disk below which no photo is taken and /readyz says no."""
    log_level: str | None = None
    """debug, info, warning or error; None: info, but warning where a person reads along."""
    metrics_token: str = field(default="", repr=False)
    """Who shows it may read /metrics; empty: signed-in administrators alone."""
    security_contact: str | None = None
    """Where /.well-known/security.txt sends who found a hole; without it there is none."""
    journal_dir: Path | None = None
    """Where every deed is written a second time before it is acknowledged; None: nowhere."""
    journal_days: int = 7
    """For how many days at least the journal is kept; what no good backup has stays longer."""

    bucket: Address | None = None
    """Where photos and papers lie; None: in `blob_dir`."""
    s3_access_key: str = ""
    s3_secret_key: str = field(default="", repr=False)
    blob_cache_mb: int = 5_000
    """With `bucket`: about how many megabytes stay on this disk."""

    oidc_issuer: str | None = None
    """The provider of single sign-on; without it nobody is offered any."""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_username_claim: str = "preferred_username"
    oidc_create: bool = False
    """Whether who is unknown gets an account of their own, without any right."""

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
    def blob_cache(self) -> Path:
        """With `bucket`: copies that may be removed at any time. Never `blob_dir`, where the only
        ones may lie until they are moved."""
        return self.data_dir / "blob-cache"

    @property
    def backups(self) -> Path:
        return self.backup_dir or self.data_dir / "backups"

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
        database_pool=_whole(env, "DATABASE_POOL", 16, 1_000),
        tls=tls,
        http_port=_whole(env, "HTTP_PORT", 8000, 65535),
        ledger_key=_path(env.get("LEDGER_KEY")) or data_dir / "keys" / "ledger.key",
        contact_days=_whole(env, "CONTACT_DAYS", 90, 3650),
        anonymous_photos_mb=_whole(env, "ANONYMOUS_PHOTOS_MB", 2_000, 10_000_000),
        backup_dir=_path(env.get("BACKUP_DIR")),
        backup_keep=_whole(env, "BACKUP_KEEP", 14, 3650),
        photos_mb=_whole(env, "PHOTOS_MB", 200_000, 1_000_000_000),
        free_mb=_whole(env, "FREE_MB", 500, 1_000_000_000),
        log_level=_one_of(env, "LOG_LEVEL", LEVELS),
        metrics_token=_token(env),
        security_contact=_contact(env),
        journal_dir=_path(env.get("JOURNAL_DIR")),
        journal_days=_whole(env, "JOURNAL_DAYS", 7, 3650),
        bucket=bucket_address.parse(env["BLOB_URL"]) if env.get("BLOB_URL") else None,
        s3_access_key=_secret_of(env, "S3_ACCESS_KEY"),
        s3_secret_key=_secret_of(env, "S3_SECRET_KEY"),
        blob_cache_mb=_whole(env, "BLOB_CACHE_MB", 5_000, 1_000_000_000),
        oidc_issuer=_issuer(env),
        oidc_client_id=env.get("OIDC_CLIENT_ID") or "",
        oidc_client_secret=_secret_of(env, "OIDC_CLIENT_SECRET"),
        oidc_username_claim=env.get("OIDC_USERNAME_CLAIM") or "preferred_username",
        oidc_create=env.get("OIDC_CREATE") == "1",
    ))  # fmt: skip


def _issuer(env: Mapping[str, str]) -> str | None:
    """https alone, but for a provider on this very machine."""
    near = ("http://127.0.0.1", "http://localhost", "http://[::1]")
    return _address(env, "OIDC_ISSUER", ("https://", *near))


def _secret_of(env: Mapping[str, str], name: str) -> str:
    """A secret from the environment, or from the file that NAME_FILE names."""
    path = env.get(f"{name}_FILE")
    if not path:
        return env.get(name) or ""
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise ValueError(f"{name}_FILE cannot be read: {error.strerror}") from error


def _token(env: Mapping[str, str]) -> str:
    """Short ones are guessed: /metrics tells a stranger how the house is doing."""
    token = _secret_of(env, "METRICS_TOKEN")
    if token and len(token) < SHORTEST_TOKEN:
        raise ValueError(f"METRICS_TOKEN must have at least {SHORTEST_TOKEN} characters")
    return token


def _one_of(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    text = env.get(name) or None
    if text and text not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, not {text!r}")
    return text


def _contact(env: Mapping[str, str]) -> str | None:
    text = _address(env, "SECURITY_CONTACT", ("mailto:", "https://", "tel:"))
    if text and not (text.isascii() and text.isprintable() and " " not in text):
        raise ValueError("SECURITY_CONTACT must be one address in one line")
    return text


def _consistent(read: Settings) -> Settings:
    if read.oidc_issuer and not read.oidc_client_id:
        raise ValueError("OIDC_ISSUER needs OIDC_CLIENT_ID")
    if bool(read.s3_access_key) != bool(read.s3_secret_key):
        raise ValueError("S3_ACCESS_KEY needs S3_SECRET_KEY, and the other way round")
    if read.tls and read.port == read.http_port:
        raise ValueError("With TLS, PORT is for https and HTTP_PORT for http: they must differ")
    if read.tls and read.base_url and read.base_url.startswith("http:"):
        raise ValueError("BASE_URL must start with https:// with TLS")
    return read


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser().resolve() if text else None


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
