"""Exports of a log as somebody with the file in hand would change them."""

import json
import random
import zipfile
from pathlib import Path


def mutated(path: Path, rng: random.Random) -> None:
    """Changes, drops, doubles or swaps one line of the leaves or rows."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(["leaves.jsonl", "rows.jsonl"])
    lines = parts[name].splitlines(keepends=True)
    at = rng.randrange(len(lines))
    way = rng.choice(["drop", "double", "swap", "edit"])
    if way == "drop":
        del lines[at]
    elif way == "double" and name == "leaves.jsonl":
        lines.insert(at, lines[at])
    elif way == "swap" and name == "leaves.jsonl":
        other = (at + 1) % len(lines)
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines[at] = edited(lines[at], name, rng)
    parts[name] = b"".join(lines)
    with zipfile.ZipFile(path, "w") as archive:
        for known, data in parts.items():
            archive.writestr(known, data)


def edited(line: bytes, name: str, rng: random.Random) -> bytes:
    row = json.loads(line)
    held = row if name == "leaves.jsonl" else row["columns"]
    key = rng.choice(sorted(held))
    held[key] = "altered" if held[key] != "altered" else "otherwise"
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"
