"""Finds browsers to test with: a Chromium of this machine or of the test kit, and two others."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MINI = "lib*/*/webkit2gtk-4.*/MiniBrowser"
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find() -> str | None:
    """The path of a browser, or None. CHROMIUM names one of your own."""
    return os.environ.get("CHROMIUM") or _on_path() or _of_mac() or _of_playwright()


def firefox() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


def webkit() -> str | None:
    """The small browser of WebKitGTK that its driver starts."""
    if not (shutil.which("WebKitWebDriver") and shutil.which("Xvfb")):
        return None
    return next((str(path) for path in sorted(Path("/usr").glob(MINI), reverse=True)), None)


def _on_path() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def _of_mac() -> str | None:
    return next((path for path in MAC if Path(path).exists()), None)


def _of_playwright() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as kit:
        path = kit.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    found = find()
    print(found or "no browser found", file=sys.stdout if found else sys.stderr)
    sys.exit(found is None)
