"""An empty installation: load the demo once, or ask for the first administrator."""

import getpass
import os
import secrets
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from roundtag import commands, demo, installation, people
from roundtag.access import SYSTEM
from roundtag.db import database
from roundtag.errors import Invalid
from roundtag.settings import current
from roundtag.supervisor.preparation import Refused, one_at_a_time

DEMO_PASSWORD = "ROUNDTAG_DEMO_PASSWORD"  # noqa: S105 - the variable's name, not a password
ADMIN_NAME = "ROUNDTAG_ADMIN"
ADMIN_PASSWORD = "ROUNDTAG_ADMIN_PASSWORD"  # noqa: S105 - likewise
NO_TERMINAL = (
    f"There is no administrator yet and no terminal to ask at. Start once with {ADMIN_NAME} and "
    f"{ADMIN_PASSWORD} set, or run `roundtag serve` in a terminal, or try `roundtag serve --demo`."
)


def prepare(with_demo: bool) -> str | None:
    """Makes an empty database usable; another one gets what this release has new.

    Returns the demo's new password, to be shown once.
    """
    with database.connection_context(), one_at_a_time(current().data_dir):
        if people.any_exists():
            installation.renew()
            installation.load_articles()
            return None
        if with_demo:
            return load_demo()
        installation.begin()
        add_first_admin(*ask())
        return None


def load_demo() -> str:
    password = os.environ.get(DEMO_PASSWORD) or new_password()
    with _told_plainly():
        demo.load(password)
    return password


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except Invalid as refused:
        words = [error.message % error.values for error in refused.errors]
        raise Refused(" ".join(words)) from refused


def new_password() -> str:
    """Ten letters and digits (50 bits) without look-alikes, easily typed on a phone."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(10))


def ask() -> tuple[str, str]:
    """The first administrator's name and password, from the environment or at the terminal."""
    given = os.environ.get(ADMIN_NAME), os.environ.get(ADMIN_PASSWORD)
    if given[0] and given[1]:
        return given[0], given[1]
    if not sys.stdin.isatty():
        raise Refused(NO_TERMINAL)
    print("No account exists yet. Choose the first administrator's user name and password.")
    return input("User name: "), _ask_twice()


def _ask_twice() -> str:
    while True:
        first = getpass.getpass(f"Password (at least {people.MIN_PASSWORD} characters): ")
        if first == getpass.getpass("Once more: "):
            return first
        print("The two differ.")


def add_first_admin(username: str, password: str) -> None:
    command = people.AddPerson(
        username=username,
        name=username,
        secret_password=password,
        grants=(("admin", "provider", None),),
    )
    with _told_plainly():
        commands.run(str(uuid.uuid4()), people.add_person, command, SYSTEM)
