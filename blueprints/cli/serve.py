import os
from pathlib import Path

import click

from roundtag import settings, supervisor

APPLICATION = "app:create_app"


@click.command("serve")
@click.option("--demo", is_flag=True, help="Load the demo into an empty database.")
@click.option("--host", help="Address to listen on (HOST; default: all of this machine).")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port to listen on (PORT; 8000, https 8443)."
)
@click.option("--only", "roles", multiple=True, type=click.Choice(sorted(supervisor.ROLES)),
              help="Run this part alone; the others run elsewhere. May be repeated.")  # fmt: skip
@click.option("--tls", is_flag=True, help="Serve https with an authority of its own, for trials.")
@click.option("--http-port", type=click.IntRange(1, 65535),
              help="With --tls: where plain http leads to https (HTTP_PORT; 8000).")  # fmt: skip
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the database, photos and queue (DATA_DIR; default: var).",
)
def command(demo: bool, host: str | None, port: int | None, tls: bool, http_port: int | None,
            data_dir: Path | None, roles: tuple[str, ...]) -> None:  # fmt: skip
    """Start the web server, the worker, the scheduler and, unless REDIS_URL is set, the queue."""
    given = {"HOST": host, "PORT": port, "HTTP_PORT": http_port, "DATA_DIR": data_dir,
             "TLS": "1" if tls else None}  # fmt: skip
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
    try:
        settings.current.cache_clear()
        settings.current()
        supervisor.serve(supervisor.Options(
            APPLICATION, demo, frozenset(roles) or supervisor.ROLES))  # fmt: skip
    except (ValueError, supervisor.Refused) as refused:
        raise click.ClickException(str(refused)) from refused
