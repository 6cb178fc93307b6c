"""Runs everything until Ctrl-C: `make up`."""

import asyncio
import os
import sys
from typing import Annotated

import typer

from adapters.embedded.state import StackUnavailable
from adapters.embedded.supervisor import until_signal
from simulation.launch import addresses, launch
from simulation.world import first_morning


async def run(*, seed: int, pace: int) -> None:
    typer.echo(f"pid          {os.getpid()} (Ctrl-C stops everything)")
    async with until_signal(), launch(first_morning(seed), seed=seed, pace=pace, report=typer.echo) as running:
        for line in addresses(running.stack):
            typer.echo(line)
        await running.stack.run_until_stopped()


def main(
    seed: Annotated[int, typer.Option(help="Of the simulated world.")] = 7,
    pace: Annotated[
        int, typer.Option(min=1, help="How many times as fast as the wall's clock business time runs.")
    ] = 1,
) -> None:
    """Start the servers, Steward's processes and a simulated world, and keep them running."""
    try:
        asyncio.run(run(seed=seed, pace=pace))
    except StackUnavailable as unavailable:
        typer.echo(unavailable, err=True)
        sys.exit(2)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)  # those print locals, secrets too
    app.command()(main)
    app()
