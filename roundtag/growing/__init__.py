"""An installation of any size, made up by a seed: `roundtag demo --devices N`.

It is for trials and measurements. What it holds agrees with its ledgers and stock books; who signs
in, and all content but the ledgers' names and the passwords, follows from the seed and the moment.
Tag codes follow from it, too, and can be guessed: print none of them.
"""

from collections.abc import Callable

from roundtag import clock, installation, people, search
from roundtag.db import write
from roundtag.errors import RoundtagError
from roundtag.growing import checks, clients, faults, past, photos, register, stock
from roundtag.growing.size import Size, of
from roundtag.rounds import figures
from roundtag.words import N_

__all__ = ["NotEmpty", "Size", "grow", "of"]
Told = Callable[[str, int, int], object]
"""Called with a step, how far it is, and its whole."""


class NotEmpty(RoundtagError):
    """Somebody has an account already."""

    code = "not-empty"
    status = 409
    message = N_("This installation is in use. Give an empty folder or database.")


def grow(size: Size, password: str, told: Told = lambda *_: None, pictures: int = 0) -> None:
    """Fills an empty installation, one transaction per batch; whatever stops it, begin with an
    empty one again. `pictures`: so many photos. Raises NotEmpty, and Invalid for a password that
    is too short."""
    with write():
        if people.any_exists():
            raise NotEmpty
        installation.begin()
        manager = clients.manager(password)
    models, parts, lists = register.models(size), stock.parts(), checks.lists()
    for number, (devices, lines) in enumerate(size.shares(), 1):
        told("clients", number - 1, size.clients)
        who = clients.customer(number, password, size.now)
        stands = [one for house in register.fill(size, who, devices, models) for one in house]
        done = devices + checks.fill(size, who, stands, lists)
        done += faults.fill(size, who, manager, stands) + stock.fill(size, who, stands, parts)
        past.fill(size, who, stands, max(0, lines - done))
    told("clients", size.clients, size.clients)
    stock.recount()
    photos.fill(size, pictures)
    told("search", 0, 1)
    with write():
        search.rebuild()
    told("search", 1, 1)
    figures.keep(clock.now())
