"""A real OpenID provider beside the test, and the person who signs in at it."""

import http.cookiejar
import re
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode, urljoin

FOLDER = Path(__file__).parent.parent / "oidc"
CALLBACK = "http://localhost/sign-in/sso/callback"
SECRET = "a client secret with : and %"


class Provider:
    """The npm package oidc-provider in a process of its own."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.issuer = f"http://127.0.0.1:{self.port}"
        self._process = subprocess.Popen(
            ["node", "provider.mjs", str(self.port), CALLBACK], cwd=FOLDER,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.strip() == "ready":
                return
        raise RuntimeError("the test provider did not start")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


class Somebody:
    """A browser at the provider's own pages, which signs in there under a name."""

    def __init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar, _Stay)

    def sign_in(self, address: str, name: str) -> str:
        """Follows the provider's pages; the address on our side that it leads back to."""
        for _ in range(12):
            if address.startswith(CALLBACK):
                return address
            location, page = self._ask(address)
            if not location:
                action = re.search(r'<form[^>]* action="([^"]+)"', page)
                assert action is not None, page
                prompt = "login" if 'name="login"' in page else "consent"
                form = {"prompt": prompt, "login": name, "password": "x"}
                location, page = self._ask(urljoin(address, action.group(1)), form)
            address = urljoin(address, location)
        raise AssertionError(f"no way back from {address}")

    def _ask(self, address: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        data = urlencode(form).encode() if form else None
        try:
            with self._opener.open(address, data, timeout=20) as answer:
                return "", answer.read().decode()
        except urllib.error.HTTPError as moved:
            moved.close()
            if moved.code not in {302, 303}:
                raise
            return moved.headers["Location"], ""
