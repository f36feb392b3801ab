import uuid

import click

from blueprints.cli.session import ACTOR, opened, told
from blueprints.cli.session import gettext as _
from roundtag import clock, commands, erasure


@click.command("erase")
@click.argument("table")
@click.argument("key", type=int)
@click.option("--field", "fields", multiple=True, help="A column; without it all that can go.")
@click.confirmation_option(prompt="Nothing brings it back. Go on?")
def command(table: str, key: int, fields: tuple[str, ...]) -> None:
    """Erase what says who somebody is: in TABLE (person, attachment, rating, lending,
    report_contact …) the row of number KEY.

    A person must be disabled first. The history keeps a proof that something stood there. Free
    pages of the database are rewritten at once, as long as nobody holds it up.
    """
    with opened():
        about = erasure.subject(table, key, ACTOR)
        verb, order = erasure.order_for(about, fields, sure=True)
        told(commands.run(str(uuid.uuid4()), verb, order, ACTOR))
        if not erasure.sweep(clock.now()):
            click.echo(_("The database is in use: its free pages are cleared within the hour."))
