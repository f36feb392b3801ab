"""What commands on the register share: the database, who acts, and words for a terminal."""

import gettext as catalogues_of
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click

from roundtag import access, settings
from roundtag.catalogues import FOLDER
from roundtag.commands import Receipt
from roundtag.db import database
from roundtag.errors import Invalid, RoundtagError
from roundtag.supervisor import preparation

ACTOR = replace(access.SYSTEM, via="cli")


def gettext(message: str, **values: object) -> str:
    """The message in the terminal's language (LANGUAGE, LC_ALL, LC_MESSAGES, LANG)."""
    words = catalogues_of.translation("messages", FOLDER, fallback=True).gettext(message)
    return words % values if values else words


@contextmanager
def opened() -> Iterator[None]:
    """The database of the settings, its tables up to date; refusals become a message and exit 1."""
    try:
        chosen = settings.current()
        preparation.private(chosen.data_dir)
        preparation.open_database(chosen)
        with database.connection_context():
            yield
    except (ValueError, preparation.Refused) as refused:
        raise click.ClickException(str(refused)) from refused
    except RoundtagError as refused:
        raise click.ClickException(_words(refused)) from refused


def _words(refused: RoundtagError) -> str:
    if isinstance(refused, Invalid):
        return "\n".join(gettext(e.message, **e.values) for e in refused.errors)
    return gettext(refused.message, **refused.values)


def told(receipt: Receipt) -> None:
    """What became of a command; a conflict is told on stderr with exit 1."""
    words = gettext(receipt.message, **receipt.values)
    if receipt.outcome == "conflict":
        raise click.ClickException(words)
    click.echo(words)
