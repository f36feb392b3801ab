"""Tag codes: made, read back, and wrong ones told apart (items 1 to 3 and a part of 7)."""

import secrets
from functools import reduce

import pytest

from tags import codes

CANONICAL = "7K3M9QX2P" + codes.check("7K3M9QX2P")


def multiply(a: int, b: int) -> int:
    """GF(32) by the schoolbook, independent of the code under test."""
    product = reduce(lambda total, bit: total ^ (a << bit if b >> bit & 1 else 0), range(5), 0)
    for bit in range(8, 4, -1):
        product ^= codes.POLYNOMIAL << (bit - 5) if product >> bit & 1 else 0
    return product


def weighted_sum(code: str, weights: tuple[int, ...]) -> int:
    values = (codes.ALPHABET.index(character) for character in code)
    pairs = zip(weights, values, strict=True)
    return reduce(lambda total, pair: total ^ multiply(*pair), pairs, 0)


def luhn_is_right(code: str) -> bool:
    doubled = [codes.ALPHABET.index(c) * (1 + i % 2) for i, c in enumerate(reversed(code))]
    return sum(value // 32 + value % 32 for value in doubled) % 32 == 0


def swap(code: str, i: int, j: int) -> str:
    characters = list(code)
    characters[i], characters[j] = characters[j], characters[i]
    return "".join(characters)


def swaps(code: str, distance: int) -> list[str]:
    changed = (swap(code, i, i + distance) for i in range(len(code) - distance))
    return [other for other in changed if other != code]


def test_01_100_000_codes_are_unique_and_in_the_alphabet() -> None:
    made = {codes.new() for _ in range(100_000)}
    assert len(made) == 100_000
    assert all(len(code) == codes.LENGTH for code in made)
    assert set("".join(made)) == set(codes.ALPHABET)


def test_01_codes_come_from_the_secure_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "randbits", lambda count: (1 << count) - 1)
    assert codes.new() == "ZZZZZZZZZ" + codes.check("ZZZZZZZZZ")


def test_02_every_single_substitution_is_refused() -> None:
    for code in (codes.new() for _ in range(100)):
        assert codes.parse(code) == code
        for i in range(codes.LENGTH):
            for other in set(codes.ALPHABET) - {code[i]}:
                assert codes.parse(code[:i] + other + code[i + 1 :]) is None


@pytest.mark.parametrize("distance", [1, 2, 3, 9])
def test_02_every_swap_is_refused(distance: int) -> None:
    for code in (codes.new() for _ in range(200)):
        assert not [other for other in swaps(code, distance) if codes.parse(other)]


def test_02_luhn_would_miss_every_jump_swap() -> None:
    """The check above must be able to fail: a known weaker scheme fails it."""
    right = next(code for code in (codes.new() for _ in range(10_000)) if luhn_is_right(code))
    assert all(luhn_is_right(other) for other in swaps(right, 2))


def test_02_equal_weights_would_miss_swaps() -> None:
    assert any(
        weighted_sum(other, (1,) * 10) == weighted_sum(CANONICAL, (1,) * 10)
        for other in swaps(CANONICAL, 1)
    )


def test_02_the_weights_describe_the_same_check() -> None:
    assert len(set(codes.WEIGHTS)) == codes.LENGTH
    assert 0 not in codes.WEIGHTS
    assert all(weighted_sum(codes.new(), codes.WEIGHTS) == 0 for _ in range(500))


@pytest.mark.parametrize(
    "typed",
    [
        CANONICAL,
        CANONICAL.lower(),
        codes.show(CANONICAL),
        f"  {CANONICAL[:3]} {CANONICAL[3:]}\n",
        CANONICAL[:5] + "–" + CANONICAL[5:],
        "".join(chr(ord(c) + 0xFEE0) for c in CANONICAL),
        f"https://AV.EXAMPLE.COM/T/{CANONICAL}",
        f"http://10.0.0.5:8000/t/{codes.show(CANONICAL).lower()}/?from=mail#top",
        f"HTTPS://av.example.com/ops/T/{CANONICAL}",
    ],
)
def test_03_what_people_type_and_cameras_read(typed: str) -> None:
    assert codes.parse(typed) == CANONICAL


def test_03_look_alikes() -> None:
    code = "01011010X" + codes.check("01011010X")
    for zero, one in (("O", "I"), ("o", "l"), ("0", "L")):
        assert codes.parse(code[:9].replace("0", zero).replace("1", one) + code[9]) == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        CANONICAL[:-1],
        CANONICAL + "0",
        "U" + CANONICAL[1:],
        "投影机",
        "𠮷" * 10,
        "\x00" * 10,
        CANONICAL + " " * 3000,
        f"javascript:alert(1)//t/{CANONICAL}",
        f"https://av.example.com/x/{CANONICAL}",
        f"https://av.example.com/t/{CANONICAL}/edit",
        f"https://av.example.com/?next=/t/{CANONICAL}",
        f"https:///t/{CANONICAL}",
    ],
)
def test_03_what_is_no_code(typed: str) -> None:
    assert codes.parse(typed) is None


def test_07_the_compare_word_is_stable_and_tells_codes_apart() -> None:
    made = [codes.new() for _ in range(2000)]
    assert all(codes.word(code) == codes.word(code) for code in made)
    assert len({codes.word(code) for code in made}) > 1800
    assert all(word[0::2].isalpha() and word[1::2].isdigit() for word in map(codes.word, made))
    # Words are in print: a change of the derivation would make every sticker look forged.
    assert codes.word("7K3M9QX2PD") == "D8D9"
