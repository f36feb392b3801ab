"""The mask search: the penalties and the choice of the library, on many symbols."""

import pytest
from qrcode import util
from qrcode.main import QRCode

from tags import codes, masks, qr

BASES = ("https://av.cn", "https://av.example.com", "https://h.cn/Ops/a", "https://" + "a" * 40)


@pytest.mark.parametrize("base", BASES)
def test_09_the_symbol_is_the_one_that_the_library_makes(base: str) -> None:
    for _ in range(25):
        url = qr.address(base, codes.new())
        version, level = qr._size(url.translate(qr._ALIKE))
        symbol = qr._symbol(url, level, version)
        symbol.make(fit=False)
        assert qr.matrix(url) == tuple(tuple(map(bool, row)) for row in symbol.modules)


@pytest.mark.parametrize("version", [1, 2, 5, 7])
def test_09_every_penalty_is_the_librarys(version: int) -> None:
    symbol: QRCode = QRCode(version=version)
    symbol.add_data("HTTPS")
    for mask in masks.MASKS:
        symbol.makeImpl(True, mask)
        rows = symbol.modules
        upright, transposed = masks._whole(rows), masks._whole(zip(*rows, strict=True))
        assert masks.penalty(len(rows), upright, transposed) == util.lost_point(rows)


def test_09_no_symbol_is_larger_than_its_own_text_needs() -> None:
    """Sizes are remembered by the kinds of characters: each text must really need that size."""
    for text in ("https://AV.CN/T/7K3M9QX2PD", "SN:ab/12", "SN:0123456789012345", "0" * 30):
        version, level = qr._size(text.translate(qr._ALIKE))
        symbol = qr._symbol(text, level)
        assert symbol.best_fit() == version
