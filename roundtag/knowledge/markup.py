"""The words of an article: paragraphs, numbered steps, bold. Pure, and never any HTML.

An empty line ends a block. Lines that begin with a number (`1.`, `2、`, `3)`) are steps; a line
that does not, right after a step, goes on with it when it is indented. `**…**` is bold; a mark
without its partner is shown as it stands.
"""

import re
from dataclasses import dataclass

STEP = re.compile(r"\s{0,3}\d{1,2}[.、．)）]\s*(?=\S)")
BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")


@dataclass(frozen=True)
class Span:
    text: str
    bold: bool = False


Line = tuple[Span, ...]


@dataclass(frozen=True)
class Block:
    """`kind`: "text" with the lines of one paragraph, or "steps" with a line for each step."""

    kind: str
    lines: tuple[Line, ...]


def blocks(text: str) -> tuple[Block, ...]:
    """What a text is shown as; never refuses one."""
    found: list[tuple[str, list[str]]] = []
    ended = True
    for line in text.splitlines():
        if not line.strip():
            ended = True
            continue
        found, ended = _take(found, line, ended), False
    return tuple(Block(kind, tuple(map(spans, lines))) for kind, lines in found)


def _take(found: list[tuple[str, list[str]]], line: str,
          ended: bool) -> list[tuple[str, list[str]]]:  # fmt: skip
    step = STEP.match(line)
    last = found[-1] if found else ("", [])
    if step:
        words = line[step.end() :].strip()
        if last[0] == "steps":  # an empty line between two steps does not begin to count anew
            last[1].append(words)
            return found
        return [*found, ("steps", [words])]
    if last[0] == "steps" and not ended and line[0].isspace():
        last[1][-1] += f" {line.strip()}"
        return found
    if last[0] == "text" and not ended:
        last[1].append(line.strip())
        return found
    return [*found, ("text", [line.strip()])]


def spans(line: str) -> Line:
    parts, at = [], 0
    for bold in BOLD.finditer(line):
        parts += [Span(line[at : bold.start()]), Span(bold[1], bold=True)]
        at = bold.end()
    return tuple(span for span in (*parts, Span(line[at:])) if span.text)


def plain(line: Line) -> str:
    return "".join(span.text for span in line)


def first_step(text: str) -> str:
    """What to try first, as plain words: the first step, else the first paragraph."""
    shown = blocks(text)
    chosen = next((block for block in shown if block.kind == "steps"), shown[0] if shown else None)
    return plain(chosen.lines[0]) if chosen else ""
