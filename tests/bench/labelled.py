"""Device labels to be drawn."""

from tags import codes, qr
from tags.sheet import Label


def device_labels(count: int) -> list[Label]:
    made = [codes.new() for _ in range(count)]
    return [Label(code, qr.address("https://av.example.com", code), f"投影机 P{n:04}",
                  f"第 {n % 40} 会议室 · 吊顶") for n, code in enumerate(made)]  # fmt: skip
