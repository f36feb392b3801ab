"""Signed heads: what was signed is read back, anything else is refused."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from roundtag.tlog.checkpoint import (
    BadNote,
    Checkpoint,
    key_id,
    notes,
    read,
    read_verifier,
    sign,
    verifier,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
NAME = "roundtag/0123456789abcdef/1"
HEAD = Checkpoint(NAME, 20852163, bytes(range(32)))
NOTE = sign(HEAD, KEY)


def test_a_note_is_three_lines_a_gap_and_a_signature() -> None:
    lines = NOTE.split("\n")
    assert lines[:4] == [NAME, "20852163", base64.b64encode(HEAD.root).decode(), ""]
    assert lines[4].startswith(f"— {NAME} ")
    assert lines[5:] == [""]
    assert read(NOTE, NAME, PUBLIC) == HEAD


def test_signatures_of_others_stand_beside_ours() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    theirs = sign(HEAD, other, "auditor").split("\n")[-2]
    assert read(f"{NOTE}{theirs}\n", NAME, PUBLIC) == HEAD
    with pytest.raises(BadNote, match="no valid signature"):
        read(f"{HEAD.text}\n{theirs}\n", NAME, PUBLIC)


def test_the_published_example_has_the_published_id() -> None:
    """C2SP signed-note's own example key."""
    name, public = read_verifier(
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    )
    assert key_id(name, public).hex() == "c74f20a3"
    assert verifier(name, public).startswith("PeterNeumann+c74f20a3+")
    note = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
        "PRZb6KE6RyyBwJnAM=\n"
    )
    with pytest.raises(BadNote):  # its text is no head of a log
        read(note, name, public)


@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"))
def test_a_note_with_any_sign_changed_is_refused(at: int, sign_: str) -> None:
    changed = NOTE[:at] + sign_ + NOTE[at + 1 :]
    if changed == NOTE:
        return
    with pytest.raises(BadNote):
        read(changed, NAME, PUBLIC)


@given(st.text(max_size=400))
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(BadNote):
        read(text, NAME, PUBLIC)


@pytest.mark.parametrize("size", ["", "01", "-1", "1.0", "１", "9" * 20])
def test_a_size_has_one_spelling(size: str) -> None:
    with pytest.raises(BadNote):
        read(NOTE.replace("20852163", size), NAME, PUBLIC)


@pytest.mark.parametrize("text", ["", "a", "a+00000000+AAAA", verifier(NAME, PUBLIC)[:-4] + "AAAA"])
def test_a_verifier_key_vouches_for_itself(text: str) -> None:
    with pytest.raises(BadNote):
        read_verifier(text)
    assert read_verifier(verifier(NAME, PUBLIC)) == (NAME, PUBLIC)


def test_heads_are_found_among_other_words() -> None:
    text = f"Dear auditor,\r\n\r\n{NOTE}\nand an older one:\n\n{NOTE}\nYours\n"
    assert notes(text.replace("\n", "\r\n")) == [NOTE, NOTE]
    assert notes("nothing\n\nof that kind\n") == []
