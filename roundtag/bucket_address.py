"""`BLOB_URL` taken apart: `s3://bucket/prefix?endpoint=https://…&region=…&style=path|virtual`."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
STYLES = ("path", "virtual")
KNOWN = ("endpoint", "region", "style")


@dataclass(frozen=True)
class Address:
    """`prefix` ends with a slash, or is empty. Without `endpoint` it is Amazon's."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    style: str = "path"

    def __str__(self) -> str:
        """For logs and manifests: there is no secret in it."""
        where = urlsplit(self.endpoint or "//amazonaws.com").netloc
        return f"s3://{self.bucket}/{self.prefix} at {where}"


def parse(text: str) -> Address:
    """Raises ValueError in words for whoever sets the variable; the value is not repeated."""
    parts = urlsplit(text)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme != "s3" or not NAME.fullmatch(parts.netloc):
        raise ValueError("BLOB_URL must be s3://bucket/prefix?endpoint=https://…&region=…; keys "
                         "belong into S3_ACCESS_KEY and S3_SECRET_KEY")  # fmt: skip
    if unknown := set(asked) - set(KNOWN):
        raise ValueError(f"BLOB_URL knows {', '.join(KNOWN)} after the ?, not {min(unknown)!r}")
    endpoint = asked.get("endpoint") or None
    if endpoint and not _is_server(endpoint):
        raise ValueError("BLOB_URL: endpoint must be https://host:port, without a path or a name")
    style = asked.get("style") or ("path" if endpoint else "virtual")
    if style not in STYLES:
        raise ValueError(f"BLOB_URL: style must be one of {', '.join(STYLES)}")
    prefix = parts.path.strip("/")
    return Address(parts.netloc, f"{prefix}/" if prefix else "", endpoint,
                   asked.get("region") or "us-east-1", style)  # fmt: skip


def _is_server(endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    return (parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.username
            and parts.path in ("", "/") and not parts.query)  # fmt: skip
