import click

from blueprints.cli.session import gettext as _
from roundtag import db, settings
from roundtag.backups import moving
from roundtag.backups.manifest import NoBackup
from roundtag.backups.restoring import Failed, NotEmpty
from roundtag.supervisor import preparation

REFUSED = (NoBackup, NotEmpty, Failed, moving.Different, preparation.Refused, db.UnsafeDatabase,
           ValueError, OSError)  # fmt: skip


@click.command("migrate-to")
@click.argument("database_url")
def command(database_url: str) -> None:
    """Move the embedded database to the empty PostgreSQL of DATABASE_URL. Stop Roundtag first.

    Every row is compared afterwards, and every log to its last leaf. With BLOB_URL set, photos and
    papers are copied into that bucket, and each is read back. Cut short, it goes on when it is run
    again. Keys and the photos here stay where they are; the old database stays under another name.
    """
    try:
        chosen = settings.current()
        with preparation.alone(chosen.data_dir):
            db.connect(chosen.database_url)
            done = moving.move(database_url, _tell)
    except REFUSED as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(_("Moved and compared: %(rows)s rows of %(tables)s tables, %(logs)s logs.",
                 rows=sum(done.tables.values()), tables=len(done.tables),
                 logs=len(done.logs)))  # fmt: skip
    if chosen.bucket:
        click.echo(_("In the bucket and read back: %(count)s photos and papers.",
                     count=done.photos))  # fmt: skip
    click.echo(_("Set DATABASE_URL to it, then start Roundtag. The old database stays as %(path)s.",
                 path=done.kept))  # fmt: skip
    if done.absent:
        raise click.ClickException(
            _("Moved, but neither here nor in the bucket as their name says: %(blobs)s",
              blobs=", ".join(done.absent)))  # fmt: skip


def _tell(table: str, rows: int) -> None:
    click.echo(f"{table}: {rows}")
