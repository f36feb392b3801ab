"""The page of a device with a checklist of 40 items, beside a bare one of the same bytes."""

from typing import Any

import brotli
from flask.testing import FlaskClient

from roundtag import checklists, commands, db, tagging
from roundtag.access import SYSTEM, Actor
from roundtag.models import Device
from tests.bench.measure import Figure, in_turn, millis, queries, ratio
from tests.world import deliver, new_id

ITEMS = 40
ENTRIES = 12


def forty() -> list[dict[str, Any]]:
    """Half of it is looked at, a quarter measured, in five sections; as a long shipped list."""
    kinds = ("check", "check", "reading", "choice")
    return [_item(number, kinds[number % 4]) for number in range(ITEMS)]


def _item(number: int, kind: str) -> dict[str, Any]:
    part = number // 8 + 1
    item: dict[str, Any] = {
        "key": f"item_{number}", "kind": kind, "zh": f"检查项目 {number}", "en": f"Item {number}",
        "section_zh": f"第 {part} 组", "section_en": f"Part {part}",
    }  # fmt: skip
    if kind == "reading":
        item |= {"unit": "℃", "min": 5, "max": 40}
    if kind == "choice":
        item["options"] = [{"key": "good", "zh": "好", "en": "Good"},
                           {"key": "bad", "zh": "坏", "en": "Bad", "fail": True}]  # fmt: skip
    return item


def prepare(actor: Actor) -> str:
    """A device whose checklist has 40 items and a year of entries; its code."""
    device = Device.get(Device.category == "matrix")
    code = tagging.codes_of_devices([device.id])[device.id]
    spec = {"category": "matrix", "occasion": "monthly", "name_zh": "四十项", "name_en": "Forty",
            "items": forty()}  # fmt: skip
    order = checklists.PublishChecklists((spec,))
    commands.run(new_id(), checklists.publish_checklists, order, SYSTEM)
    version = checklists.latest("matrix", "monthly")
    assert version is not None
    for number in range(ENTRIES):
        deliver("inspection", _filled(code, version, number), actor, form_version="2")
    return code


def _filled(code: str, version: checklists.Version, number: int) -> dict[str, str]:
    good = {"check": "pass", "choice": "good", "reading": str(20 + number)}
    fields = {f"item.{item.key}": good[item.kind] for item in version.items}
    return {"tag": code, "template_version": str(version.id), "round": "", **fields}


def page(browser: FlaskClient, bare_of: Any, actor: Actor) -> list[Figure]:
    with db.database.connection_context():
        path = f"/t/{prepare(actor)}"
    html = browser.get(path).text
    with queries() as seen:
        browser.get(path)
    bare = bare_of(seen, html)
    times = in_turn({"ours": lambda: browser.get(path), "bare": lambda: bare.get("/page")}, 40)
    sent = browser.get(path, headers={"Accept-Encoding": "br"}).get_data()
    assert brotli.decompress(sent)
    return [
        Figure(f"device page with a checklist of {ITEMS} items and its last readings",
               millis(times["ours"])),
        Figure("… against bare Flask + peewee + Jinja, same queries and bytes",
               ratio(times, "ours", "bare"), millis(times["bare"]), "≤ 1.5×"),
        Figure("… its bytes on the wire", f"{len(sent) / 1000:.1f} kB",
               f"{len(html.encode()) / 1000:.0f} kB of HTML"),
        Figure("… its SQL statements", str(len(seen)), "", "fixed"),
    ]  # fmt: skip
