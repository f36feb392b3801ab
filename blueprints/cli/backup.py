import os
from pathlib import Path

import click

from blueprints.cli.session import gettext as _
from blueprints.cli.session import opened
from roundtag import clock
from roundtag.backups import drills, making, packing, state, store
from roundtag.backups.manifest import NoBackup
from roundtag.backups.sealed import NotOpened
from roundtag.settings import current

PASSPHRASE = click.option(
    "--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file whose first line opens the sealed backup.",
)  # fmt: skip


def passphrase_in(file: Path | None) -> bytes | None:
    """The first line of a file; a passphrase on the command line could be read by others."""
    if file is None:
        return None
    line = file.read_bytes().split(b"\n", 1)[0].rstrip(b"\r")
    if not line:
        raise click.UsageError(_("%(file)s holds no passphrase.", file=file))
    return line


@click.command("backup")
@click.option("--to", type=click.Path(path_type=Path),
              help="A folder (its backups share their photos), or a file that gets everything. "
                   "Default: BACKUP_DIR.")  # fmt: skip
@PASSPHRASE
@click.option("--keep", type=click.IntRange(1), help="Remove all but the newest so many.")
@click.option("--drill", is_flag=True, help="Restore it to scratch at once and verify it.")
@click.option("--list", "listing", is_flag=True, help="Only list the backups that are there.")
def command(to: Path | None, passphrase_file: Path | None, keep: int | None, drill: bool,
            listing: bool) -> None:  # fmt: skip
    """Save all records and photos while everything goes on."""
    os.umask(0o077)
    folder = to or current().backups
    if listing:
        return _list(folder)
    passphrase = passphrase_in(passphrase_file)
    with opened():
        try:
            made = _make(folder, passphrase)
            state.note_backup(str(made.path), made.manifest)
            if drill:
                _drill(made.path, passphrase)
        except (store.Busy, NoBackup, NotOpened, OSError) as refused:
            raise click.ClickException(str(refused)) from refused
    if keep and made.path.is_dir():
        store.prune(folder, keep)


def _make(target: Path, passphrase: bytes | None) -> making.Made:
    """A file when the name looks like one, or when it is sealed: such a one shares nothing."""
    is_file = target.suffix and not target.is_dir()
    if passphrase and not is_file:
        target = target / f"roundtag-{clock.now():%Y%m%dT%H%M%SZ}.backup"
    if passphrase or is_file:
        made = making.into_file(target, making.ASKED, passphrase)
    else:
        made = making.into_folder(target, making.ASKED)
    click.echo(_("%(path)s: %(rows)s rows, %(blobs)s photos and documents, %(size)s bytes.",
                 path=made.path, rows=sum(made.manifest.tables.values()),
                 blobs=made.manifest.blobs, size=made.manifest.size))  # fmt: skip
    if made.manifest.absent:
        click.echo(_("NOT in it, because lost or damaged on the disk: %(blobs)s",
                     blobs=", ".join(made.manifest.absent)), err=True)  # fmt: skip
    return made


def _drill(path: Path, passphrase: bytes | None) -> None:
    with packing.opened(path, passphrase, current().data_dir) as found:
        wrong = drills.drill(found)
    if wrong:
        raise click.ClickException("\n".join([_("It does NOT restore:"), *wrong]))
    click.echo(_("Restored to scratch: records, ledger and a report are in order."))


def _list(folder: Path) -> None:
    for found in store.listed(folder):
        rows, size = sum(found.manifest.tables.values()), found.manifest.size
        click.echo(f"{found.folder}\t{found.manifest.why}\t{rows}\t{size}")
