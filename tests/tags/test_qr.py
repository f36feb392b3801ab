"""Addresses and symbols (items 4, 9 and 10)."""

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from tags import codes, qr

CODE = "7K3M9QX2P" + codes.check("7K3M9QX2P")
BASES = ["https://av.cn", "https://av.example.com", "http://10.0.0.5:8000", "https://h.cn/Ops/a"]


def decode(png: bytes) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(png)))]


def png_of_terminal(text: str) -> bytes:
    """What a terminal paints: black ink on white, two modules to a character."""
    lines = [line.split("m", 1)[1].split("\x1b")[0] for line in text.splitlines()]
    image = Image.new("L", (len(lines[0]), 2 * len(lines)), 255)
    for y, line in enumerate(lines):
        for x, block in enumerate(line):
            image.putpixel((x, 2 * y), 0 if block in "█▀" else 255)
            image.putpixel((x, 2 * y + 1), 0 if block in "█▄" else 255)
    out = BytesIO()
    image.resize((image.width * 4, image.height * 4), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


def test_04_both_spellings_of_the_path_name_the_same_code() -> None:
    assert codes.parse(f"https://av.example.com/t/{CODE}") == CODE
    assert codes.parse(qr.address("https://av.example.com", CODE)) == CODE


@pytest.mark.parametrize(
    ("base", "printed"),
    [
        ("https://av.example.com", "https://AV.EXAMPLE.COM/T/"),
        ("HTTPS://av.example.com/", "https://AV.EXAMPLE.COM/T/"),
        ("http://10.0.0.5:8000", "http://10.0.0.5:8000/T/"),
        ("https://h.cn/Ops/a/", "https://H.CN/Ops/a/T/"),
        ("https://会议.中国", "https://XN--6OQU09L.XN--FIQS8S/T/"),
    ],
)
def test_09_the_printed_address(base: str, printed: str) -> None:
    assert qr.address(base, CODE) == printed + CODE


@pytest.mark.parametrize(
    ("base", "version", "level"),
    [
        ("https://av.cn", 2, "M"),
        ("https://av.example.com", 3, "Q"),
        ("https://rooms.av.example-company.com.cn", 3, "M"),
    ],
)
def test_09_version_and_level(base: str, version: int, level: str) -> None:
    url = qr.address(base, CODE)
    assert len(qr.matrix(url)) == 17 + 4 * version
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(qr.png(url, 4))))
    assert (found.text, found.ec_level) == (url, level)


@pytest.mark.parametrize("base", BASES)
def test_09_png_and_terminal_decode_and_have_a_quiet_zone(base: str) -> None:
    url = qr.address(base, CODE)
    image = Image.open(BytesIO(qr.png(url, 3)))
    side = 3 * (len(qr.matrix(url)) + 8)
    assert (image.mode, image.size) == ("1", (side, side))
    assert image.convert("L").point(lambda v: 255 - v).getbbox() == (12, 12, side - 12, side - 12)
    assert decode(qr.png(url, 3)) == [url]
    drawn = qr.terminal(url)
    assert max(map(len, drawn.splitlines())) - len("\x1b[38;5;16;48;5;231m\x1b[0m") <= 80
    assert decode(png_of_terminal(drawn)) == [url]


def test_09_the_svg_draws_the_matrix() -> None:
    url = qr.address(BASES[1], CODE)
    rows = qr.matrix(url)
    drawn = {(x + i, y) for x, y, n in qr.runs(rows) for i in range(n)}
    assert drawn == {(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
    assert qr.svg(url).count("h-") == len(qr.runs(rows))
    assert f'viewBox="0 0 {len(rows) + 8} {len(rows) + 8}"' in qr.svg(url)


def test_10_an_overlong_base_url_is_refused_with_its_limit() -> None:
    base = "https://" + "a" * 40 + "." + "b" * 40 + ".cn"
    with pytest.raises(qr.AddressTooLongError) as caught:
        qr.address(base, CODE)
    error = caught.value
    assert (error.code, error.length) == ("address-too-long", len(base))
    assert len(qr.matrix(qr.address(base[: error.limit], CODE))) == 17 + 4 * qr.MAX_VERSION
    with pytest.raises(qr.AddressTooLongError):
        qr.address(base[: error.limit + 1], CODE)


def test_10_a_terminal_too_narrow_is_said() -> None:
    with pytest.raises(qr.AddressTooLongError):
        qr.terminal("https://av.example.com/" + "a" * 320)


@pytest.mark.parametrize(
    "base",
    [
        "",
        "av.cn",
        "ftp://av.cn",
        "https://",
        "https://u:p@av.cn",
        "https://av.cn?x=1",
        "https://av.cn#x",
        "https://av.cn:99999",
        "https://av.cn/a b",
        "https://a\n.cn",
        "https://av.cn/路",
        "javascript:alert(1)",
        "https://" + "会" * 70 + ".cn",
    ],
)
def test_10_what_is_no_base_url(base: str) -> None:
    with pytest.raises(qr.AddressError) as caught:
        qr.address(base, CODE)
    assert caught.value.code == "address-invalid"
