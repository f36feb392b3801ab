"""`roundtag`: the command line. Each command is a module of its own that is added here by name."""

import importlib
import pkgutil

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="roundtag")
def main() -> None:
    """Roundtag looks after meeting rooms."""


def _add_commands() -> None:
    """Every module of this package that has a `command` (a click command or group) is added."""
    for module in pkgutil.iter_modules(__path__):
        command = getattr(importlib.import_module(f"{__name__}.{module.name}"), "command", None)
        if isinstance(command, click.Command):
            main.add_command(command)


_add_commands()
