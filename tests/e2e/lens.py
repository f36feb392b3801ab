"""A camera for Chromium: it films one still picture, which a test may change between openings."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tags import qr

WIDTH, HEIGHT = 1280, 720
HEAD = "YUV4MPEG2 W{} H{} F{}:1 Ip A1:1 C420jpeg\n"


def symbol(text: str, side: int = 420) -> Image.Image:
    """A QR symbol with its quiet zone, at least `side` pixels wide."""
    rows = qr.matrix(text)
    edge = len(rows) + 2 * qr.QUIET
    image = Image.new("L", (edge, edge), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.putpixel((x + qr.QUIET, y + qr.QUIET), 0 if dark else 255)
    return image.resize((side, side), Image.Resampling.NEAREST)


class Lens:
    """Chromium reads the file anew whenever a page opens the camera."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.show()
        self.flags = [
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={path}",
        ]

    def show(self, *pictures: Image.Image) -> None:
        """These pictures side by side in the middle; none is a plain wall."""
        self._film([_frame(pictures)] * 3, 20)

    def show_in_turn(self, *pictures: Image.Image) -> None:
        """One after the other, each for two seconds, over and over."""
        self._film([_frame([picture]) for picture in pictures for _ in range(2)], 1)

    def _film(self, frames: list[bytes], per_second: int) -> None:
        draft = self.path.with_suffix(".draft")
        draft.write_bytes(HEAD.format(WIDTH, HEIGHT, per_second).encode() + b"".join(frames))
        draft.replace(self.path)


def _frame(pictures: Sequence[Image.Image]) -> bytes:
    wall = Image.new("L", (WIDTH, HEIGHT), 170)
    left = (WIDTH - sum(picture.width for picture in pictures)) // 2
    for picture in pictures:
        wall.paste(picture, (left, (HEIGHT - picture.height) // 2))
        left += picture.width
    return b"FRAME\n" + wall.tobytes() + bytes([128]) * (WIDTH * HEIGHT // 2)
