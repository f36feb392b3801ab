"""Checkpoints, keys, proofs, exports and backups of which bytes went wrong: refused in words, never
believed, never anything that nobody has words for. 10,000 of each: `tests.roundtag.parsing`."""

import pytest

from roundtag.tlog import checkpoint
from tests.roundtag import parsing

MANY = 60


def test_spoilt_bytes_are_refused_in_words() -> None:
    refused = parsing.run(0, MANY)
    assert all(refused[name] for name, one in parsing.readers().items() if one.refusals)


def test_what_is_sound_is_read() -> None:
    for name, one in parsing.readers().items():
        if name != "stand-alone: head":
            one.read(one.sound)


def test_a_reader_that_believes_too_much_is_told_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "_signed", lambda *_: True)
    with pytest.raises(AssertionError, match="was believed"):
        parsing.run(0, MANY)
