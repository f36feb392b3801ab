"""The demo's stores: a depot, a cabinet at the client's, an engineer's bag, and what is counted."""

from dataclasses import replace
from datetime import date
from typing import Any

from roundtag import commands
from roundtag.access import SYSTEM
from roundtag.storekeeping import catalogue, rules, stores, substitutes

DEPOT, CABINET = "昆明备件总库", "州政府大楼备件柜"
COUNTED = (
    ("lamp", "projector", "EPSON", "ELPLP93 投影机灯泡", "lamp", "2680.00", "abroad"),
    ("aa", "microphone", "南孚", "LR6 5号话筒电池", "microphone_battery", "2.50", "home"),
    ("aaa", "projector", "南孚", "LR03 7号遥控器电池", "remote_battery", "2.20", "home"),
    ("hdmi", "cabling", "秋叶原", "HDMI 2.0 高清线 5米", "", "89.00", "home"),
    ("cat6", "cabling", "山泽", "CAT6 网线 3米", "", "12.00", "home"),
)
"""Key, category, maker, name, consumable, price and where it comes from."""
BALANCES = (
    ("depot", "lamp", 4, 3, 0, "A区1架1层"), ("depot", "aa", 96, 48, 0, "D区抽屉1"),
    ("depot", "aaa", 40, 48, 0, "D区抽屉2"), ("depot", "hdmi", 10, 6, 0, "D区2架1层"),
    ("depot", "cat6", 20, 10, 0, "D区2架2层"), ("cabinet", "lamp", 1, 2, 1, "1柜上层"),
    ("cabinet", "aa", 24, 16, 0, "1柜抽屉2"), ("cabinet", "hdmi", 3, 2, 0, "1柜下层"),
    ("bag", "aa", 8, 8, 0, ""), ("bag", "aaa", 4, 4, 0, ""), ("bag", "hdmi", 1, 1, 0, ""),
)  # fmt: skip
"""Store, part, pieces, minimum, on order, shelf."""


def open_stores(client_id: int) -> dict[str, int]:
    """The depot and the client's cabinet, before the spares come in; their keys."""
    address = "昆明市官渡区"
    site = "蒙自市天马路67号州政府大楼 1 楼值班室"
    return {
        "depot": _run("store-depot", stores.save_store, stores.SaveStore(
            None, "KM", DEPOT, stores.DEPOT, address=address)),
        "cabinet": _run("store-cabinet", stores.save_store, stores.SaveStore(
            None, "HHZ-01", CABINET, stores.SITE, client_id, address=site)),
    }  # fmt: skip


def fill(held: dict[str, int], engineer_id: int, engineer: str) -> None:
    """The engineer's bag, what is only counted, minimums, and two models that are made no more."""
    bag = stores.SaveStore(None, "BAG-01", f"{engineer}的随身包", stores.BAG, person_id=engineer_id)
    held = {**held, "bag": _run("store-bag", stores.save_store, bag)}
    parts = {key: _run(f"part-{key}", catalogue.save_part, catalogue.SavePart(
        None, category, maker, name, tracking=catalogue.COUNT, consumable=kind, price=price,
        origin=origin)) for key, category, maker, name, kind, price, origin in COUNTED}  # fmt: skip
    for store, key, pieces, minimum, on_order, shelf in BALANCES:
        part, name = parts[key], f"{store}-{key}"
        _run(f"opening-{name}", rules.set_opening_balance,
             rules.SetOpeningBalance(held[store], part, pieces))  # fmt: skip
        _run(f"rule-{name}", rules.set_rule,
             rules.SetRule(held[store], part, minimum, on_order, shelf))  # fmt: skip
    _keep_models(held)


def _keep_models(held: dict[str, int]) -> None:
    """A minimum for two models with serial numbers; the central control is made no more."""
    projector = _known("projector", "EPSON", "CB-G7900U")
    control = _known("central_control", "Crestron", "CP3")
    dear = replace(projector, price="46800.00", origin="abroad")
    _run("price-projector", catalogue.save_part, dear)
    gone = replace(control, price="19800.00", origin="abroad", discontinued_on=date(2024, 6, 30))
    _run("gone-control", catalogue.save_part, gone)
    newer = catalogue.SavePart(None, "central_control", "Crestron", "CP4", 2, price="22600.00",
                               origin="abroad")  # fmt: skip
    named = substitutes.AddSubstitute(control.part_id or 0,
                                      _run("part-control", catalogue.save_part, newer), "better",
                                      "程序需用 SIMPL# 重新编译")  # fmt: skip
    _run("substitute-control", substitutes.add_substitute, named)
    for name, part in (("projector", projector), ("control", control)):
        order = rules.SetRule(held["depot"], part.part_id or 0, 2 if name == "control" else 1)
        _run(f"rule-{name}", rules.set_rule, order)


def _known(category: str, maker: str, name: str) -> catalogue.SavePart:
    """A model that came in with the register, as its form would show it."""
    return catalogue.as_shown(catalogue.named(category, maker, name))


def _run(key: str, verb: commands.Verb, command: Any) -> int:
    return int(commands.run(f"demo-{key}", verb, command, SYSTEM).subject_id or 0)
