"""Runs processes until it is asked to stop: `python -m workers`, or `--process NAME` for some of them."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated

import httpx2
import structlog
import typer

from activities.outreach import Model
from adapters.carriers import HttpCarriers
from adapters.claude import ClaudeWriter
from adapters.logs import configure_logs
from adapters.mail import SmtpMailer
from adapters.nodes import HttpNodes
from adapters.payments import HttpPayments
from adapters.postgres.additions import PostgresAdditions
from adapters.postgres.address_book import PostgresAddresses
from adapters.postgres.approvals import PostgresApprovals
from adapters.postgres.clock import PostgresClock
from adapters.postgres.database import Database, open_database
from adapters.postgres.disputes import PostgresDisputes
from adapters.postgres.door import forget_old_keys
from adapters.postgres.loss_steps import PostgresLosses
from adapters.postgres.model_spending import PostgresModelSpending
from adapters.postgres.order_progress import PostgresProgress
from adapters.postgres.order_steps import PostgresOrders
from adapters.postgres.outreach import PostgresOutreach
from adapters.postgres.policies import PostgresPolicies
from adapters.postgres.questions import PostgresQuestions
from adapters.postgres.settlement import PostgresSettlement
from adapters.postgres.shipment_steps import PostgresShipments
from adapters.postgres.stock import PostgresStock
from adapters.postgres.wakeups import PostgresWakeups
from adapters.settings import Settings, SettingsMissing, load_settings
from adapters.temporal import SearchAttributesMissing, TemporalEngine, connect, require_search_attributes
from contracts.problems import DatabaseAway
from workers.registry import PROCESSES, SOLVER, Outside, build_worker
from workers.relay import relay, watch

RELAY = "relay"
ORDINARY = [RELAY, *(name for name in PROCESSES if name != SOLVER)]

log = structlog.stdlib.get_logger("workers")


@asynccontextmanager
async def open_outside(settings: Settings, database: Database) -> AsyncIterator[Outside]:
    """The processes' outside world: our database, and the partners over HTTP."""
    async with AsyncExitStack() as stack:
        payments, carriers, nodes = [
            await stack.enter_async_context(httpx2.AsyncClient(base_url=url, trust_env=False))
            for url in (settings.payments_url, settings.carriers_url, settings.nodes_url)
        ]
        by_http = HttpCarriers(carriers, PostgresAddresses(database))
        yield Outside(
            orders=PostgresOrders(database),
            progress=PostgresProgress(database),
            settlement=PostgresSettlement(database),
            additions=PostgresAdditions(database),
            disputes=PostgresDisputes(database),
            stock=PostgresStock(database),
            shipments=PostgresShipments(database),
            losses=PostgresLosses(database),
            questions=PostgresQuestions(database),
            approvals=PostgresApprovals(database),
            clock=PostgresClock(database),
            policies=PostgresPolicies(database),
            payments=HttpPayments(payments),
            rates=by_http,
            carriers=by_http,
            nodes=HttpNodes(nodes),
            messages=PostgresOutreach(database),
            mailer=SmtpMailer(settings.mail_url, sender=settings.mail_from, login=_login(settings)),
            model=await stack.enter_async_context(_model(settings)),
            model_calls_per_second=settings.model_calls_per_second,
            spending=PostgresModelSpending(database),
        )


@asynccontextmanager
async def _model(settings: Settings) -> AsyncIterator[Model | None]:
    if settings.model_key is None:
        yield None
    else:
        key = settings.model_key.get_secret_value()
        async with ClaudeWriter.open(key, settings.model_url, settings.model_name) as writer:
            yield writer


def _login(settings: Settings) -> tuple[str, str] | None:
    if settings.mail_user is None or settings.mail_password is None:
        return None
    return settings.mail_user, settings.mail_password.get_secret_value()


async def run(settings: Settings, names: Sequence[str]) -> None:
    """Run the named processes until SIGTERM or SIGINT, then let running steps finish."""
    stopping = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stopping.set)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings.database_url.get_secret_value()))
        outside = await stack.enter_async_context(open_outside(settings, database))
        client = await connect(settings.temporal_address)
        await require_search_attributes(client)
        wakeups = PostgresWakeups(database)
        async with asyncio.TaskGroup() as tasks:
            background = []
            if RELAY in names:
                engine = TemporalEngine(client, wakeups)
                background.append(tasks.create_task(relay(wakeups, engine)))
                background.append(tasks.create_task(_housekeeping(database)))
                background.append(tasks.create_task(watch(engine)))
            async with AsyncExitStack() as running:
                for name in names:
                    if name != RELAY:
                        await running.enter_async_context(build_worker(client, name, outside))
                log.info("workers.started", processes=list(names))
                await stopping.wait()
            for task in background:
                task.cancel()
    log.info("workers.stopped", processes=list(names))


async def _housekeeping(database: Database) -> None:
    """Once an hour."""
    while True:
        try:
            await forget_old_keys(database)
        except DatabaseAway as away:
            log.warning("housekeeping.database_away", error=str(away))
        await asyncio.sleep(3600)


def main(
    process: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join([*PROCESSES, RELAY])}; may be repeated.")
    ] = None,
) -> None:
    """Run the processes of Steward; without --process, all but the solver."""
    names = process or ORDINARY
    if unknown := set(names) - {*PROCESSES, RELAY}:
        raise typer.BadParameter(f"there is no process {', '.join(sorted(unknown))}")
    try:
        configure_logs(process="+".join(names))
        asyncio.run(run(load_settings(), names))
    except (SettingsMissing, SearchAttributesMissing) as stop:
        typer.echo(stop, err=True)
        sys.exit(2)
    # The SDK's threads abort about every fourth ordinary interpreter exit.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)  # those print locals, secrets too
    app.command()(main)
    app()
