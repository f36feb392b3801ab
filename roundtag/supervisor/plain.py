"""Plain http beside https: here a phone learns to trust; everything else is sent to https.

The same application behind a gate, so that the page looks and speaks like all others.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from roundtag import addresses
from roundtag.static_files import Wsgi

DOOR = "plain"
"""What the supervisor calls this door when it starts it."""

OPEN = ("/trust", "/static/", "/language")


def gate(application: Wsgi) -> Wsgi:
    def only_the_way_to_trust(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(OPEN):
            return application(environ, start_response)
        start_response("307 Temporary Redirect", [("Location", _over_https(environ))])
        return []

    return only_the_way_to_trust


def _over_https(environ: dict[str, Any]) -> str:
    """From settings, never from the request; temporary, since a trial ends."""
    path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=-._~")
    query = environ.get("QUERY_STRING")
    return addresses.base_url() + path + (f"?{query}" if query else "")
