"""Addresses outside our reach: what is printed, mailed or queued must open for ever."""

from pathlib import Path

from flask import Flask

FROZEN = Path(__file__).with_name("public_urls.txt")


def frozen() -> set[str]:
    lines = FROZEN.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_frozen_addresses_are_served_as_they_were(app: Flask) -> None:
    served = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    assert frozen() <= served


def test_the_list_keeps_what_paper_and_phones_depend_on() -> None:
    paths = {line.split()[1] for line in frozen()}
    assert {"/t/<code>", "/T/<code>", "/status/<secret>", "/sign-in", "/healthz"} <= paths
    assert {path for path in paths if path.startswith("/sync/")} == {
        "/sync/whoami", "/sync/<submission_id>", "/sync/photos/<digest>"}  # fmt: skip
