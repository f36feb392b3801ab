"""A round on its way through its acceptance, for tests of the library and of pages."""

import base64
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

from roundtag import acceptance
from roundtag.acceptance import rules
from roundtag.access import ATTENDEE, Actor
from roundtag.commands import Receipt
from roundtag.models import Round, RoundDevice
from tests import world as worlds
from tests.world import World, check_form, deliver, run


@dataclass
class Team:
    world: World
    engineer: Actor
    supervisor: Actor
    client: Actor

    @property
    def stops(self) -> list[RoundDevice]:
        return list(
            RoundDevice.select()
            .where(RoundDevice.round == self.world.round_id)
            .order_by(RoundDevice.id)
        )

    @property
    def stage(self) -> str:
        return str(Round.get_by_id(self.world.round_id).stage)

    @property
    def seen(self) -> str:
        return rules.figures_of(self.stage, rules.places(Round.get_by_id(self.world.round_id)))

    def fill(self, *devices: int, **more: str) -> None:
        for device in devices or (0, 1):
            deliver("inspection", check_form(self.world, device, **more), self.engineer)

    def hand_in(self, actor: Actor | None = None, **more: Any) -> Receipt:
        values = {"signer": "李建国", **more}
        order = acceptance.HandIn(self.world.round_id, **values)
        return run(acceptance.hand_in, order, actor or self.engineer)

    def check(self, actor: Actor | None = None, **more: Any) -> Receipt:
        return run(acceptance.check_round, self.order(acceptance.CheckRound, **more),
                   actor or self.supervisor)  # fmt: skip

    def sign(self, actor: Actor | None = None, **more: Any) -> Receipt:
        return run(acceptance.sign_round, self.order(acceptance.SignRound, **more),
                   actor or self.client)  # fmt: skip

    def sign_by_link(self, secret: str, **more: Any) -> Receipt:
        order = self.order(acceptance.SignByLink, secret_link=secret, **more)
        return run(acceptance.sign_by_link, order, ATTENDEE)

    def order(self, kind: type, **more: Any) -> Any:
        values = {"seen": self.seen, "decision": "approved", "signer": "签字人", **more}
        return kind(self.world.round_id, **values)

    def to(self, stage: str, **filled: str) -> "Team":
        """Walks to a stage from open, with both devices done."""
        self.fill(**filled)
        steps = {"recorded": self.hand_in, "checked": self.check, "accepted": self.sign}
        for step in steps.values():
            if self.stage != stage:
                step()
        return self


def team(world: World) -> Team:
    supervisor = worlds.person(f"supervisor-{world.code}".lower(),
                               ("supervisor", "client", world.client_id))  # fmt: skip
    return Team(world, world.engineer, supervisor, world.viewer)


def drawing(strokes: int = 3, colour: str = "black", width: int = 5) -> str:
    """A drawn signature as a phone sends it."""
    picture = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for number in range(strokes):
        pen.line([(20, 40 + 60 * number), (560, 90 + 50 * number)], fill=colour, width=width)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
