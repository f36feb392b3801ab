"""The few requests that this server sends to the provider of single sign-on."""

import base64
import json
import logging
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from roundtag.errors import RoundtagError
from roundtag.words import N_

SECONDS = 10
MOST = 1_000_000
log = logging.getLogger(__name__)


class SsoFailed(RoundtagError):
    """Single sign-on did not come to an end; what exactly is in the server's log."""

    code = "sso"
    message = N_("Single sign-on did not work. Try again, or sign in with a password.")


class _Stay(urllib.request.HTTPRedirectHandler):
    """No redirect is followed: secrets go to the addresses that the provider published."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)


def get(url: str, token: str = "") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return _ask(urllib.request.Request(_safe(url), headers=headers))  # noqa: S310 - by _safe


def post(url: str, form: dict[str, str], client: tuple[str, str]) -> dict[str, Any]:
    """A form, with the client's name and secret as RFC 6749 §2.3.1 spells them."""
    name, secret = client
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if secret:
        pair = f"{quote(name, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form = {**form, "client_id": name}
    data = urlencode(form).encode()
    return _ask(urllib.request.Request(_safe(url), data, headers))  # noqa: S310 - by _safe


def _safe(url: str) -> str:
    """https, or this very machine: what a provider names is not fetched from anywhere else."""
    parts = urlsplit(url)
    near = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not near:
        raise failed(f"refused to ask {parts.scheme}://{parts.hostname}")
    return url


def _ask(request: urllib.request.Request) -> dict[str, Any]:
    request.add_header("Accept", "application/json")
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            found = json.loads(answer.read(MOST))
    except (OSError, ValueError) as error:
        raise failed(f"{urlsplit(request.full_url).path}: {error}") from error
    if not isinstance(found, dict):
        raise failed("the answer is no JSON object")
    return found


def failed(why: str) -> SsoFailed:
    """What to raise; `why` is for the log and names no token."""
    log.warning("single sign-on: %s", why)
    return SsoFailed()
