"""`roundtag`: the command line. Each command is the `command` of a module of this package."""

import importlib
import pkgutil
from contextlib import suppress

import click

from roundtag import logs


class Commands(click.Group):
    """Imports a command when it is wanted, because `serve` should not wait for the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_all())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = _of(cmd_name) if cmd_name in _modules() else None
        return command if command and command.name == cmd_name else _all().get(cmd_name)


def _modules() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(__path__)]


def _of(module: str) -> click.Command | None:
    found = getattr(importlib.import_module(f"{__name__}.{module}"), "command", None)
    return found if isinstance(found, click.Command) else None


def _all() -> dict[str, click.Command]:
    commands = filter(None, map(_of, _modules()))
    return {command.name or "": command for command in commands}


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="roundtag")
def main() -> None:
    """Roundtag looks after meeting rooms."""
    with suppress(ValueError):  # a wrong setting is told by the command that reads it
        logs.set_up("cli")
