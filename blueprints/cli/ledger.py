from pathlib import Path

import click

from blueprints.cli.session import ACTOR, opened
from blueprints.cli.session import gettext as _
from roundtag import clients, clock, heads, ledger
from roundtag.heads import exporting
from roundtag.tlog import checkpoint


@click.group("ledger")
def command() -> None:
    """The append-only history of every change."""


@command.command("verify")
@click.option("--head", "files", multiple=True, type=click.Path(exists=True, path_type=Path),
              help="A file with heads that were kept elsewhere, of any log.")  # fmt: skip
def verify(files: tuple[Path, ...]) -> None:
    """Check every log for gaps, altered leaves, its signed heads and rows that differ; exit 1 when
    one is wrong."""
    kept = [note for path in files for note in checkpoint.notes(path.read_text("utf-8"))]
    with opened():
        sound = [_tell(name, key, kept) for name, key in ledger.logs()]
    if not all(sound):
        raise SystemExit(1)


def _tell(name: str, client_id: int | None, kept: list[str]) -> bool:
    origin = ledger.log_of(client_id).origin
    mine = [note for note in kept if note.startswith(f"{origin}\n")]
    size, problems = heads.verify(client_id, mine)
    problems += heads.unguarded()
    if not problems:
        click.echo(_("%(log)s: %(count)s leaves, all in order", log=name, count=size))
        return True
    click.echo(_("%(log)s: %(count)s leaves, NOT in order", log=name, count=size))
    for problem in problems:
        click.echo(f"  {problem}")
    return False


@command.command("key")
def key() -> None:
    """Print the verifier key of every log: hand it to the client when the contract begins."""
    with opened():
        for name, client_id in ledger.logs():
            click.echo(f"{name}: {heads.verifier_key(ledger.log_of(client_id).origin)}")


@command.command("rotate-key")
@click.confirmation_option(prompt="Heads will be signed by a new key from now on. Go on?")
def rotate_key() -> None:
    """Change the signing key: every log announces the new one, under the old one's signature.

    Clients go on with the key that they were given. Copy the new file in the key's folder to where
    the old one is kept; the old one is needed until no backup of before is kept any more.
    """
    with opened():
        click.echo(_("The new key is %(id)s. Every log announces it.", id=heads.rotate(ACTOR)))


@command.command("head")
@click.option("--client", "code", help="Code of the client; without it the provider's log.")
def head(code: str | None) -> None:
    """Sign the log as it stands and print its head: keep it where nobody here can change it."""
    with opened():
        signed = heads.sign(_client(code), clock.now())
        click.echo(signed.note if signed else _("The log has no leaves yet."), nl=not signed)


@command.command("export")
@click.option("--client", "code", help="Code of the client; without it the provider's log.")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="The ZIP file to write.")  # fmt: skip
def export(code: str | None, output: Path) -> None:
    """Write a log with its records and a program that checks them on another machine."""
    with opened():
        draft = output.with_name(f".{output.name}.part")
        count = exporting.signed(_client(code), draft)
        draft.replace(output)
    click.echo(_("%(file)s is written: %(count)s leaves.", file=output, count=count))


def _client(code: str | None) -> int | None:
    return clients.by_code(code, ACTOR).id if code else None
