"""Attack: a text that a regular expression takes for ever over. Each of ours, called as the code
calls it, is tried on long texts that make it go back; time must not grow with their square."""

import ast
import re
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CALLS = ("match", "fullmatch", "search", "sub", "split", "findall", "finditer")
LONG, SECONDS = 16_000, 0.1
FIRST = (24,)
"""Short ones first: what grows as a power of two is found before it hangs."""
STARTS = ("", "a", "s", "a@")
PUMPS = (" ", "1", "a", "a.", "/t/", "**a", "（", "-", ",", "_x0")
ENDS = ("", "\n!", "@")

Use = tuple[str, str, int, str]
"""Where it stands, its pattern, its flags, how it is called."""


def uses() -> Iterator[Use]:
    for top in ("roundtag", "blueprints", "tags"):
        for path in sorted(ROOT.joinpath(top).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                yield from of_call(tree, node, str(path.relative_to(ROOT)))


def of_call(tree: ast.Module, node: ast.AST, where: str) -> Iterator[Use]:
    if not isinstance(node, ast.Call) or not _named(node.func, "re") or not node.args:
        return
    pattern, called = node.args[0], node.func.attr  # type: ignore[attr-defined]
    if called not in (*CALLS, "compile") or not isinstance(pattern, ast.Constant):
        return
    flags = int("IGNORECASE" in ast.dump(node)) * re.IGNORECASE
    ways = methods(tree, node) if called == "compile" else {called}
    for way in sorted(ways):
        yield f"{where}:{node.lineno}", pattern.value, flags, way


def methods(tree: ast.Module, compiled: ast.Call) -> set[str]:
    """How a compiled one is called where it is named; fully, when that is elsewhere."""
    names = {target.id for one in ast.walk(tree) if isinstance(one, ast.Assign)
             if one.value is compiled
             for target in one.targets if isinstance(target, ast.Name)}  # fmt: skip
    found = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)
             if any(_named(one, name) for name in names)}  # fmt: skip
    return found & set(CALLS) or {"fullmatch"}


def _named(node: ast.AST, name: str) -> bool:
    of = node.value if isinstance(node, ast.Attribute) else None
    return isinstance(of, ast.Name) and of.id == name


def slow(pattern: Any, flags: int, way: str) -> str:
    """The text that it takes too long over; empty when there is none among ours."""
    known = re.compile(pattern, flags)
    for start, pump, end in product(STARTS, PUMPS, ENDS):
        for length in (*FIRST, LONG):
            text: Any = start + pump * (length // len(pump)) + end
            text = text.encode("latin-1", "ignore") if isinstance(pattern, bytes) else text
            if _seconds(known, way, text) > SECONDS and _seconds(known, way, text) > SECONDS:
                return f"{start!r} + {pump!r} * {length} + {end!r}"
    return ""


def _seconds(known: re.Pattern[Any], way: str, text: Any) -> float:
    began = time.thread_time()
    more = [text[:0]] if way == "sub" else []
    found = getattr(known, way)(*more, text)
    if way == "finditer":
        list(found)
    return time.thread_time() - began


def test_no_text_makes_a_regular_expression_slow() -> None:
    found = list(uses())
    assert len(found) > 60
    taken = {use: slow(*use[1:]) for use in found}
    assert {use: text for use, text in taken.items() if text} == {}


def test_one_that_goes_back_is_found() -> None:
    assert slow(r"(a+)+b", 0, "match")
    assert slow(r"\s*x?\s*y", 0, "match")
