"""A camera for Chromium: it films one still picture, which a test may change between openings."""

from pathlib import Path

from PIL import Image

from tags import qr

WIDTH, HEIGHT = 1280, 720
HEAD = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip A1:1 C420jpeg\n".encode()


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
        wall = Image.new("L", (WIDTH, HEIGHT), 170)
        left = (WIDTH - sum(picture.width for picture in pictures)) // 2
        for picture in pictures:
            wall.paste(picture, (left, (HEIGHT - picture.height) // 2))
            left += picture.width
        colourless = bytes([128]) * (WIDTH * HEIGHT // 2)
        frame = b"FRAME\n" + wall.tobytes() + colourless
        draft = self.path.with_suffix(".draft")
        draft.write_bytes(HEAD + frame * 3)
        draft.replace(self.path)
