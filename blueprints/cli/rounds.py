import uuid

import click

from blueprints.cli.session import ACTOR, opened, told
from roundtag import clock, commands, plans, rounds


@click.group("rounds")
def command() -> None:
    """Plans of rounds; open what is due, close, draw a sample again."""


@command.command("close")
@click.argument("number", type=int)
def close(number: int) -> None:
    """Close a round (the number in its address); entries that come later are kept and marked."""
    with opened():
        told(commands.run(str(uuid.uuid4()), rounds.close_round, rounds.CloseRound(number), ACTOR))


@command.command("plans")
def listed() -> None:
    """List the plans of all contracts with the round that opens next."""
    with opened():
        for contract in plans.contracts(ACTOR, clock.now()):
            click.echo(f"{contract.client} · {contract.name}")
            for plan in contract.plans:
                coming = f"{plan.next.opens_on} – {plan.next.due_on}" if plan.next else "-"
                state = "paused" if plan.paused else coming
                click.echo(f"  {plan.id}\t{plan.name}\t{plan.cycle}\t{state}")


@command.command("ensure")
def ensure() -> None:
    """Open every round that the plans ask for by now, as the scheduler does."""
    with opened():
        click.echo(f"{rounds.ensure(clock.now())} rounds were opened.")


@command.command("redraw")
@click.argument("number", type=int)
def redraw(number: int) -> None:
    """Draw the sample of a round again by its seed, and compare. Ends with 1 when they differ."""
    with opened():
        found = plans.redraw(number, ACTOR)
    click.echo(f"seed: {found.seed}")
    click.echo(f"whole: {found.drawn_from} then, {found.whole} found now")
    for key in found.again:
        click.echo(f"  {key}{'' if key in found.kept else '   (not in the round)'}")
    for key in sorted(set(found.kept) - set(found.again)):
        click.echo(f"  {key}   (in the round, not drawn again)")
    click.echo("the same sample" if found.same else "another sample")
    if not found.same:
        raise click.exceptions.Exit(1)
