"""The desk's board: every fault that somebody must still do something about, by what burns next."""

from roundtag.board.crews import Crews, Helper
from roundtag.board.lines import BANDS, Board, BoardLine, Due, board, stamp
from roundtag.board.wish import STATES, BoardWish, read_wish
from roundtag.sla.events import REASONS

__all__ = ["BANDS", "REASONS", "STATES", "Board", "BoardLine", "BoardWish", "Crews", "Due",
           "Helper", "board", "read_wish", "stamp"]  # fmt: skip
