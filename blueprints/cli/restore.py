import os
from pathlib import Path

import click

from blueprints.cli.backup import PASSPHRASE, passphrase_in
from blueprints.cli.session import gettext as _
from roundtag import db, schema, settings
from roundtag.backups import packing, restoring
from roundtag.backups.manifest import NoBackup
from roundtag.backups.sealed import NotOpened
from roundtag.supervisor import preparation

REFUSED = (NoBackup, NotOpened, restoring.NotEmpty, schema.NewerSchema, preparation.Refused,
           db.UnsafeDatabase, restoring.Failed, OSError)  # fmt: skip


@click.command("restore")
@click.argument("backup", type=click.Path(exists=True, path_type=Path))
@click.option("--into", type=click.Path(path_type=Path, file_okay=False),
              help="The data folder to fill (DATA_DIR; default: var).")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace what is there.")
@click.option("--reason", default="", help="Why; it stands in every log.")
@click.option("--journal", type=click.Path(exists=True, path_type=Path, file_okay=False),
              help="What was done after the backup (default: JOURNAL_DIR).")  # fmt: skip
@click.option("--without-journal", is_flag=True, help="Go back to the backup and no further.")
@PASSPHRASE
def command(backup: Path, into: Path | None, force: bool, reason: str, journal: Path | None,
            without_journal: bool, passphrase_file: Path | None) -> None:  # fmt: skip
    """Bring BACKUP back: one backup, or a folder of them (then the newest). Stop Roundtag first.

    Everything is checked before anything is replaced; what was there stays under another name
    (embedded database). Every log says from then on that it went back, and how far.
    """
    if into is not None:
        os.environ["DATA_DIR"] = str(into)
    if journal is not None:
        os.environ["JOURNAL_DIR"] = str(journal)
    settings.current.cache_clear()
    passphrase = passphrase_in(passphrase_file)
    try:
        done = _restore(backup, passphrase, reason, force, not without_journal)
    except REFUSED as refused:
        raise click.ClickException(str(refused)) from refused
    _tell(done)


def _tell(done: restoring.Restored) -> None:
    click.echo(_("Restored as of %(time)s: %(rows)s rows, %(blobs)s photos and documents.",
                 time=done.manifest.made_at.isoformat(timespec="seconds"),
                 rows=sum(done.manifest.tables.values()), blobs=done.manifest.blobs))  # fmt: skip
    if done.read:
        click.echo(
            _(
                "The journal brought back %(leaves)s more leaves of the logs, as of %(time)s.",
                leaves=done.leaves,
                time=done.until.isoformat(timespec="seconds"),
            )
        )
    if done.stopped:
        click.echo(_("It could not be read to its end: %(why)s.", why=done.stopped))
    if done.absent:
        click.echo(_("%(count)s photos are nowhere to be found; phones may still have them.",
                     count=len(done.absent)))  # fmt: skip
    click.echo(_("Everybody signs in again. What was entered after that moment is not there; the "
                 "logs declare it, and phones send again what they have of it."))  # fmt: skip


def _restore(backup: Path, passphrase: bytes | None, reason: str, force: bool,
             with_journal: bool) -> restoring.Restored:  # fmt: skip
    chosen = settings.current()
    with preparation.alone(chosen.data_dir):
        db.connect(chosen.database_url)
        with packing.opened(backup, passphrase, chosen.data_dir) as found:
            return restoring.restore(found, reason, force, with_journal)
