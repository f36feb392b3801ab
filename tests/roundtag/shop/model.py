"""What must be where: dictionaries that know nothing of the product."""

from collections import Counter
from dataclasses import dataclass, field

Place = tuple[str, int | None]
"""A kind of place, and the store's key or the number of the device where it has one."""


@dataclass
class Model:
    units: dict[str, Place] = field(default_factory=dict)
    pieces: Counter[tuple[int, int]] = field(default_factory=Counter)
    """(store, model) → pieces that are only counted."""
    retired: set[int] = field(default_factory=set)
    left: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Device → the unit that went with its retirement, and how often that had moved by then."""
    moves: Counter[str] = field(default_factory=Counter)
    lent: dict[int, str] = field(default_factory=dict)
    """Device → the loaner that does its work now."""
    ever_lent: set[tuple[int, str]] = field(default_factory=set)

    def held(self, device: int) -> str:
        return next((s for s, place in self.units.items() if place == ("device", device)), "")

    def in_stores(self) -> list[str]:
        return sorted(s for s, (kind, _) in self.units.items() if kind == "store")

    def put(self, serial: str, place: Place) -> None:
        kind, where = self.units.get(serial, ("supplier", None))
        if kind == "device" and where is not None:
            self.lent.pop(where, None)
        self.units[serial] = place
        self.moves[serial] += 1

    def swap(self, device: int, shown: str, new: str, back: str, reason: str) -> str:
        """The outcome of a swap, and what it moves."""
        old = self.held(device)
        if shown != old:
            return "conflict"
        if new not in self.units:
            return "refused"
        kind, store = self.units[new]
        if kind != "store":
            return "conflict"
        self.exchange(device, old, new, ("store", store) if back == "store" else (back, None))
        if reason == "loan":
            self.lent[device] = new
            self.ever_lent.add((device, new))
        return "done"

    def exchange(self, device: int, old: str, new: str, back: Place) -> None:
        if old:
            self.put(old, back)
        self.put(new, ("device", device))

    def shift(self, model: int, pieces: int, source: int | None, target: int | None) -> str:
        """Between stores; None is the supplier or whoever uses it up."""
        if source is not None and self.pieces[source, model] < pieces:
            return "refused"
        if source is not None:
            self.pieces[source, model] -= pieces
        if target is not None:
            self.pieces[target, model] += pieces
        return "done"

    def retire(self, device: int, to: str, store: int) -> str:
        if device in self.retired:
            return "conflict"
        self.retired.add(device)
        unit = self.held(device)
        if unit and to != "stays":
            self.put(unit, ("store", store) if to == "store" else (to, None))
            self.left[device] = unit, self.moves[unit]
        return "done"

    def reinstate(self, device: int) -> str:
        if device not in self.retired:
            return "conflict"
        self.retired.discard(device)
        unit, moves = self.left.get(device, ("", 0))
        there = unit and self.units[unit][0] == "store" and self.moves[unit] == moves
        if there and not self.held(device):
            self.put(unit, ("device", device))
        return "done"
