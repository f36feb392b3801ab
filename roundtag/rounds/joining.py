"""Devices that come while a round is open join it, where its scope covers them."""

from collections.abc import Iterable

from roundtag.commands import Deed
from roundtag.models import Round, RoundDevice, tuples
from roundtag.rounds.scope import Scope, matching, of_json


def join_rounds(deed: Deed, client_id: int, keys: Iterable[int]) -> None:
    """These devices are to be checked in every open round of their client that covers them.

    One that was handed in asks nobody any more why something is not done: it stays as it is. A
    sample was drawn and stays as it was drawn; checks of one meeting, fault or new device are
    about just that. What leaves a round's scope stays a stop of it: it was promised.
    """
    wanted = list(keys)
    tours = _open_rounds(client_id) if wanted else []
    rows = RoundDevice.select(RoundDevice.round, RoundDevice.device)
    joined = set(tuples(rows.where(
        RoundDevice.round.in_([tour.id for tour in tours]) & RoundDevice.device.is_null(False)
    ))) if tours else set()  # fmt: skip
    scopes: set[Scope] = {_scope(tour) for tour in tours}
    covered = {scope: matching(client_id, scope, wanted) for scope in scopes}
    deed.create_many(RoundDevice, [
        {"client": client_id, "round": tour.id, "device": key}
        for tour in tours for key in covered[_scope(tour)] if (tour.id, key) not in joined
    ])  # fmt: skip


def _open_rounds(client_id: int) -> list[Round]:
    """Rounds of plans, and those opened by hand, that are still walked and are no samples."""
    standing = Round.plan.is_null(False) | Round.slot.is_null()
    return list(Round.select().where(
        (Round.client == client_id) & Round.closed_at.is_null() & (Round.stage == "open")
        & Round.seed.is_null() & standing
    ))  # fmt: skip


def _scope(tour: Round) -> Scope:
    return of_json(tour.scope)
