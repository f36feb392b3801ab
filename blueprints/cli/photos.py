import click

from blueprints.cli.session import gettext as _
from blueprints.cli.session import opened
from roundtag import blobs, bytestore
from roundtag.bytestore import sending
from roundtag.settings import current


@click.group("photos")
def command() -> None:
    """Where photos and papers lie."""


@command.command("move")
@click.option("--remove", is_flag=True,
              help="Afterwards remove from DATA_DIR/blobs what could be read back.")  # fmt: skip
def move(remove: bool) -> None:
    """Copy DATA_DIR/blobs into the bucket of BLOB_URL, while everything goes on.

    Cut short and begun again it goes on. Call it once before BLOB_URL is set for the server, and
    with --remove once after.
    """
    with opened():
        bucket = bytestore.of_settings()
        if not bucket.elsewhere:
            raise click.UsageError(_("Set BLOB_URL for this command."))
        bucket.ping()
        known, source = blobs.listed(), current().blob_dir
        sent, absent = sending.bring(bucket, known, source)
        click.echo(_("%(count)s copied to %(where)s.", count=sent, where=bucket.elsewhere))
        if remove:
            freed, kept = sending.release(bucket, known, source)
            click.echo(_("%(count)s removed from %(where)s.", count=freed, where=source))
            absent += kept
    if absent:
        raise click.ClickException(
            _("Neither there nor here as their name says: %(blobs)s", blobs=", ".join(absent))
        )
