"""What each kind of label says and how it shares its space: a table, read by `layout` and `draw`.

A label's `kind` is the name of its design.
"""

from dataclasses import dataclass

CALL = ("扫码报修", "Scan to report")
CLAIM = ("领用后扫码绑定", "Scan to claim")

# From the fullest to the barest: lines of title, of subtitle, of footer.
_FULL = ((2, 2, 1), (2, 1, 1), (2, 2, 0), (2, 1, 0), (1, 1, 1), (1, 1, 0), (2, 0, 0), (1, 0, 0))
_SHORT = ((2, 1, 0), (1, 1, 0), (1, 0, 0))
_NAMED = ((1, 2, 0), (2, 2, 0), (2, 1, 0), (1, 1, 0))


@dataclass(frozen=True)
class Design:
    """`beside` and `below` are the words' least part of a label's width (height) when they stand
    beside (below) the symbol, `narrowest` their least width in mm; `proof` names the lines at the
    bottom, `words` is title and subtitle where the label brings none, `call` the band on top;
    `large`: how much larger than usual a title is that is read from across an aisle."""

    name: str
    beside: float
    below: float
    narrowest: float = 15.0
    lines: tuple[tuple[int, int, int], ...] = _FULL
    proof: tuple[str, ...] = ("code", "compare", "domain")
    words: tuple[str, str] = ("", "")
    call: tuple[str, str] | None = None
    large: float = 1.0


_DESIGNS = {
    design.name: design
    for design in (
        Design("device", beside=0.36, below=0.32),
        Design("small", beside=0.3, below=0.26, narrowest=12.0, lines=_SHORT,
               proof=("code", "compare")),
        Design("room", beside=0.34, below=0.3, call=CALL),
        Design("spare", beside=0.4, below=0.32, proof=("serial",)),
        Design("shelf", beside=0.5, below=0.4, narrowest=18.0, lines=_NAMED, proof=("plain",),
               large=1.9),
        Design("blank", beside=0.36, below=0.3, words=CLAIM),
    )
}  # fmt: skip


def names() -> tuple[str, ...]:
    return tuple(_DESIGNS)


def get(name: str) -> Design:
    """The design of that name. Raises KeyError."""
    return _DESIGNS[name]
