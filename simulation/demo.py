"""A morning of orders, watched from checkout to the doorstep and counted at the end: `make demo`."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from adapters.embedded.state import StackUnavailable
from adapters.embedded.supervisor import until_signal
from simulation.evening import leave_cases
from simulation.invoices import NoInvoices, read_invoices
from simulation.launch import STAFF, Running, addresses, launch
from simulation.run import Plan, Run, SoldOut
from simulation.scenarios import HARD, USUAL
from simulation.shop import PlacedOrder, TurnedDown, Unanswered
from simulation.summary import Summary, table_of
from simulation.world import first_morning

NOT_STARTED: Final = 2
INTERRUPTED: Final = 130


async def run(plan: Plan, *, exit_after: bool, json: Path | None) -> int:
    """Answers the exit code: 0 if every order came to an end and all books agree."""
    begun, console = time.monotonic(), Console(highlight=False)
    report = partial(console.print, markup=False, soft_wrap=True)
    console.print(f"pid          {os.getpid()} (Ctrl-C stops everything)")
    world = first_morning(plan.seed, plan.invoices.products if plan.invoices else None)
    code = INTERRUPTED
    stack = launch(world, seed=plan.seed, pace=plan.pace, report=report, faults=plan.scenario.faults)
    async with until_signal(), stack as running:
        for line in addresses(running.stack):
            report(line)
        summary = await Run(running, plan, console).play(time.monotonic() - begun)
        code = _conclude(summary, json, console)
        if not exit_after:
            held = await leave_cases(running, run=summary.run, seed=plan.seed, placed=summary.placed)
            for line in _where_to_look(running, held):
                report(line)
            report("Everything stays up until Ctrl-C.")
            await running.stack.run_until_stopped()
    if code == INTERRUPTED:
        report("Stopped before the end: nothing was counted.")
    return code


def _where_to_look(running: Running, held: Sequence[PlacedOrder]) -> list[str]:
    """Business time is slow from here on, so that nothing is decided before somebody could read it."""
    facts, password = running.stack.facts, running.stack.facts.secrets.staff_password
    named = ", ".join(str(order.number) for order in held)
    support = next(person for person, role in STAFF.items() if role == "support")
    return [
        f"{len(held)} held orders wait for a decision ({named}): {facts.api}/console, sign in as {support}, {password}",
        f"what customers were told: {facts.partners}/mailbox; a business minute takes a second from here on",
    ]


def _conclude(summary: Summary, json: Path | None, console: Console) -> int:
    console.print(table_of(summary))
    if json:
        json.write_text(summary.model_dump_json(indent=2) + "\n")
    for reason in summary.reasons_to_fail:
        console.print(reason, style="red", markup=False)
    return 1 if summary.reasons_to_fail else 0


def main(
    *,
    orders: Annotated[int, typer.Option(min=1, max=5_000, help="How many are placed.")] = 60,
    seed: Annotated[int, typer.Option(help="Of the simulated world and its customers.")] = 7,
    pace: Annotated[
        int, typer.Option(min=1, max=100_000, help="How many times as fast as the wall's clock business time runs.")
    ] = 7_200,
    hard: Annotated[bool, typer.Option("--hard", help="Let far more go wrong than on an ordinary day.")] = False,
    exit_after: Annotated[bool, typer.Option("--exit", help="End after the summary.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the summary there, too.", dir_okay=False)] = None,
    baskets: Annotated[
        Path | None, typer.Option(help="Invoices to place: CSV, or .csv.gz, with the columns of UCI Online Retail.")
    ] = None,
) -> None:
    """Start everything, place a morning of orders, and count what became of them."""
    if json and not json.parent.is_dir():
        raise typer.BadParameter(f"there is no directory {json.parent}", param_hint="--json")
    try:
        invoices = None if baskets is None else read_invoices(baskets, most=orders)
    except NoInvoices as useless:
        typer.echo(useless, err=True)
        sys.exit(NOT_STARTED)
    code = 1
    try:
        plan = Plan(orders, seed, pace, invoices, HARD if hard else USUAL)
        code = asyncio.run(run(plan, exit_after=exit_after, json=json))
    except* (StackUnavailable, SoldOut) as useless:
        _tell(useless)
        code = NOT_STARTED
    except* (Unanswered, TurnedDown) as failed:
        _tell(failed)
    sys.exit(code)


def _tell(group: BaseExceptionGroup[BaseException]) -> None:
    typer.echo("\n".join(str(error) for error in _single(group)), err=True)


def _single(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _single(error)
        else:
            yield error


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)  # those print locals, secrets too
    app.command()(main)
    app()
