"""Draws the app icons (PNG) from the geometry of logo.svg. Run: python static/img/draw_icons.py"""

from pathlib import Path

from PIL import Image, ImageDraw

INK, PAPER, MARK = "#1f4a7c", "#f6f4ee", "#fffefb"
OVERSAMPLE = 4


def mark(draw: ImageDraw.ImageDraw, size: float, inset: float, hole: str) -> None:
    """Round tag with a punched hole and a check, on a grid of 64, inset from all edges (pixels)."""
    scale = (size - 2 * inset) / 64

    def at(*numbers: float) -> list[float]:
        return [inset + number * scale for number in numbers]

    draw.ellipse(at(3, 3, 61, 61), fill=INK)
    draw.ellipse(at(27, 8.5, 37, 18.5), fill=hole)
    points = [(18.5, 36.5), (28.0, 46.0), (46.0, 27.0)]
    line = [(inset + x * scale, inset + y * scale) for x, y in points]
    draw.line(line, fill=MARK, width=round(6.5 * scale), joint="curve")
    for x, y in points:
        draw.ellipse(at(x - 3.25, y - 3.25, x + 3.25, y + 3.25), fill=MARK)


def icon(size: int, ground: str | None, share: float) -> Image.Image:
    """A square of `size` pixels; `share` of it is left free round the mark."""
    big = size * OVERSAMPLE
    image = Image.new("RGBA", (big, big), ground or (0, 0, 0, 0))
    mark(ImageDraw.Draw(image), big, big * share, ground or "#00000000")
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    here = Path(__file__).parent
    for size in (192, 512):
        icon(size, None, 0.02).save(here / f"icon-{size}.png", optimize=True)
        # A launcher may cut a circle of 80 % out of a maskable icon, so the mark keeps inside it.
        icon(size, PAPER, 0.14).save(here / f"icon-maskable-{size}.png", optimize=True)
    icon(180, PAPER, 0.08).save(here / "apple-touch-icon.png", optimize=True)


if __name__ == "__main__":
    main()
