"""Bytes in a bucket of an S3-compatible server, under `prefix` + the hash's first two letters.

Every request is signed over the SHA-256 of what it carries, so the server refuses bytes that
changed on their way; what comes back is hashed before anybody sees it.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from roundtag.bucket_address import Address
from roundtag.bytestore.cache import Cache
from roundtag.bytestore.folder import Folder, is_whole
from roundtag.bytestore.unreachable import Unreachable

PATIENT, QUICK = (3, 20), (2, 3)
"""Seconds to connect and to wait for an answer: with photos in hand, and when it is only asked
whether anybody is there, who must answer before a monitor gives up."""
ABSENT = {"404", "NoSuchKey"}
NO_VERSIONS = {"NotImplemented", "501", "MethodNotAllowed", "405"}
PIECE = 1 << 20
KEY = re.compile(r"(.*/)?[0-9a-f]{2}/[0-9a-f]{64}")
log = logging.getLogger(__name__)


@cache
def _session() -> Any:
    return botocore.session.get_session()


def client_of(address: Address, access_key: str, secret_key: str, quick: bool = False) -> Any:
    """Without keys of ours, botocore looks where it always does (environment, role of the host)."""
    connect, read = QUICK if quick else PATIENT
    return _session().create_client(
        "s3", region_name=address.region, endpoint_url=address.endpoint,
        aws_access_key_id=access_key or None,
        aws_secret_access_key=secret_key or None,
        config=Config(
            connect_timeout=connect, read_timeout=read, signature_version="s3v4",
            retries={"mode": "standard", "total_max_attempts": 1 if quick else 2},
            max_pool_connections=20,
            s3={"addressing_style": address.style, "payload_signing_enabled": True},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",  # older servers know no other sums
        ),
    )  # fmt: skip


class Bucket:
    """`left`: the folder in which everything lay before there was a bucket; `asker`: the client
    that has no patience."""

    def __init__(self, address: Address, client: Any, asker: Any, cache: Cache,
                 left: Folder) -> None:  # fmt: skip
        self.address, self.elsewhere = address, str(address)
        self.client, self.asker = client, asker
        self.cache, self.left = cache, left

    def put(self, digest: str, data: bytes) -> None:
        self.send(digest, data)
        self.cache.lay(self.cache.path(digest), data)

    def send(self, digest: str, body: bytes | BinaryIO) -> None:
        with self._answering():
            self.client.put_object(**self._bucket, Key=self._key(digest), Body=body)

    def adopt(self, digest: str, draft: Path) -> None:
        with draft.open("rb") as file:
            self.send(digest, file)
        self.cache.adopt(digest, draft)

    def path(self, digest: str) -> Path:
        found = self.cache.path(digest)
        if not self.cache.holds(found):
            self._fetch(digest, found)
        return found

    def drawn(self, digest: str, tail: str) -> Path:
        return self.cache.drawn(digest, tail)

    def holds(self, path: Path) -> bool:
        return self.cache.holds(path)

    def lay(self, path: Path, data: bytes) -> None:
        self.cache.lay(path, data)

    def is_whole(self, digest: str) -> bool:
        """A copy in the cache says nothing of the bucket: it is fetched anew."""
        probe = self.cache.draft(self.cache.path(digest))
        try:
            return self._download(digest, probe) and is_whole(probe, digest)
        finally:
            probe.unlink(missing_ok=True)

    def sizes(self) -> dict[str, int]:
        pages = self.client.get_paginator("list_objects_v2")
        with self._answering():
            return {one["Key"].rsplit("/", 1)[1]: one["Size"]
                    for page in pages.paginate(**self._bucket, Prefix=self.address.prefix)
                    for one in page.get("Contents", ()) if KEY.fullmatch(one["Key"])}  # fmt: skip

    def wipe(self, digest: str) -> None:
        """On this disk first: there it must go even if the bucket is away."""
        self.cache.wipe(digest)
        self.left.wipe(digest)
        key = self._key(digest)
        with self._answering():
            self.client.delete_object(**self._bucket, Key=key)  # whatever a list may lack
            self._delete_versions(key)

    def ping(self) -> None:
        with self._answering():
            self.asker.head_bucket(**self._bucket)

    @property
    def _bucket(self) -> dict[str, str]:
        return {"Bucket": self.address.bucket}

    def _key(self, digest: str) -> str:
        return f"{self.address.prefix}{digest[:2]}/{digest}"

    def _delete_versions(self, key: str) -> None:
        for version in list(self._versions(key)):
            self.client.delete_object(**self._bucket, Key=key, VersionId=version)

    def _fetch(self, digest: str, target: Path) -> None:
        draft = self.cache.draft(target)
        try:
            if not self._download(digest, draft):
                return
            if not is_whole(draft, digest):
                log.error("the bytes of %s in %s are others than came", digest, self.elsewhere)
                return
            self.cache.settle(draft, target)
        finally:
            draft.unlink(missing_ok=True)

    def _download(self, digest: str, target: Path) -> bool:
        """Whether there was something to read."""
        with self._answering():
            try:
                found = self.client.get_object(**self._bucket, Key=self._key(digest))
            except ClientError as refused:
                if _code(refused) in ABSENT:
                    return False
                raise
            with closing(found["Body"]) as body, target.open("wb") as file:
                for piece in body.iter_chunks(PIECE):
                    file.write(piece)
        return True

    def _versions(self, key: str) -> Iterator[str]:
        """Of a bucket that keeps versions, deleting without a version's name hides but does not
        delete. A server that has no versions says so."""
        pages = self.client.get_paginator("list_object_versions")
        try:
            for page in pages.paginate(**self._bucket, Prefix=key):
                for one in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
                    if one["Key"] == key:
                        yield one["VersionId"]
        except ClientError as refused:
            if _code(refused) not in NO_VERSIONS:
                raise

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as failed:
            log.error("the bucket %s does not serve: %s", self.elsewhere, failed)
            raise Unreachable from failed


def _code(refused: ClientError) -> str:
    return str(refused.response.get("Error", {}).get("Code", ""))
