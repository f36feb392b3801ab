"""Translation catalogues: .po files are the source; a missing or old .mo file is made anew."""

import gettext
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent.parent / "translations"


LOCALES = {"zh": "zh_CN"}


@cache
def of(language: str) -> gettext.NullTranslations:
    """The words of a language (zh or en) for what no page renders: mails, notices, documents."""
    compile_stale()
    chosen = LOCALES.get(language, "en_GB")
    return gettext.translation("messages", FOLDER, languages=[chosen], fallback=True)


def compile_stale(folder: Path = FOLDER) -> list[Path]:
    """Compiles each catalogue whose .mo is missing or older than its .po; returns those."""
    stale = [po for po in sorted(folder.glob("*/LC_MESSAGES/*.po")) if _is_stale(po)]
    for po in stale:
        _compile(po)
    return stale


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


def _compile(po: Path) -> None:
    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parts[-3])
    draft = po.with_suffix(".mo.draft")
    with draft.open("wb") as target:
        write_mo(target, catalogue)
    draft.replace(po.with_suffix(".mo"))


if __name__ == "__main__":
    compile_stale()
