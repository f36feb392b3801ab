from __future__ import annotations

import json
import re
from pathlib import Path

from roundtag.sync import FORMS

PWA = Path(__file__).resolve().parents[2] / "pwa"


def test_every_word_is_listed_once_and_used() -> None:
    files = {file.name: file.read_text("utf-8") for file in PWA.glob("*.js")}
    listed = re.findall(r'^  "(\w+)",$', files.pop("words.js"), re.MULTILINE)
    source = "\n".join(files.values())
    assert len(listed) == len(set(listed))
    assert set(re.findall(r'(?<![#.\w])say\(\s*"(\w+)"', source)) <= set(listed)
    idle = [word for word in listed if f'"{word}"' not in source]
    assert sorted(idle) == sorted(f"kind_{form}" for form in FORMS)


def test_the_rescue_page_names_every_form() -> None:
    """What a phone could not send is listed there by its kind, never by a code."""
    page = (PWA.parent / "templates/rescue/show.html").read_text("utf-8")
    named = re.search(r"set kinds = \{(.*?)\}", page)
    assert named
    assert set(re.findall(r'"(\w+)":', named[1])) == set(FORMS)


def test_stub_offers_every_word(stub_words: dict[str, str]) -> None:
    listed = re.findall(r'^  "(\w+)",$', (PWA / "words.js").read_text("utf-8"), re.MULTILINE)
    assert set(stub_words) == set(listed)


def test_no_module_is_longer_than_a_person_reads() -> None:
    for file in PWA.glob("*.js"):
        lines = re.sub(r'^  "\w+",\n', "", file.read_text("utf-8"), flags=re.MULTILINE)
        assert len(lines.splitlines()) <= 110, file.name  # beside a list of words


def test_manifest_is_json_as_it_stands() -> None:
    manifest = json.loads((PWA / "manifest.webmanifest").read_text("utf-8"))
    assert manifest["start_url"] == "/today"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
