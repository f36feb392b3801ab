import uuid
from typing import Any

import click

from blueprints.cli.session import ACTOR, opened, told
from blueprints.cli.session import gettext as _
from roundtag import addresses, commands, links
from roundtag.accounts import roll, staff


@click.group("accounts")
def command() -> None:
    """Ways back in for who is locked out."""


def _key(username: str) -> int:
    found = roll.key_of(username)
    if found is None:
        raise click.ClickException(_("There is no such account."))
    return found


def _run(verb: Any, order: Any) -> commands.Receipt:
    return commands.run(str(uuid.uuid4()), verb, order, ACTOR)


@command.command("link")
@click.argument("username")
def link(username: str) -> None:
    """Make a link by which USERNAME chooses a new password; it is shown once."""
    with opened():
        secret = links.new_secret()
        told(_run(staff.offer_link, staff.OfferLink(_key(username), secret)))
        click.echo(f"{addresses.base_url()}/welcome/{secret}")


@command.command("reset-second-factor")
@click.argument("username")
def reset_second_factor(username: str) -> None:
    """Take the second factor of USERNAME away and sign them out everywhere."""
    with opened():
        told(_run(staff.reset_second_factor, staff.OfPerson(_key(username))))
