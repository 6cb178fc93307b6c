"""Serves the API: `python -m api`."""

import asyncio
import os
import sys
from functools import partial

import uvicorn

from adapters.logs import configure_logs
from adapters.postgres.approval_door import PostgresApprovalDoor
from adapters.postgres.claim_door import PostgresClaimDoor
from adapters.postgres.clock import PostgresClock
from adapters.postgres.command_door import PostgresCommandDoor
from adapters.postgres.console_news import PostgresNews
from adapters.postgres.console_views import PostgresConsoleViews
from adapters.postgres.database import Database, open_database
from adapters.postgres.edit_door import PostgresEditDoor
from adapters.postgres.keys import PostgresKeys
from adapters.postgres.order_door import PostgresOrderDoor
from adapters.postgres.order_list import PostgresOrderList
from adapters.postgres.payment_door import PostgresPaymentDoor
from adapters.postgres.places import PostgresPlaces
from adapters.postgres.policies import PostgresPolicies
from adapters.postgres.staff import PostgresStaff
from adapters.postgres.wakeups import PostgresWakeups
from adapters.postgres.webhook_door import PostgresWebhookDoor
from adapters.settings import Settings, SettingsMissing, load_settings
from adapters.temporal import TemporalEngine, connect
from api.app import create_app
from api.doors import Doors, wake
from console.app import create_console
from console.doors import ConsoleDoors


async def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are answered first."""
    url = settings.database_url.get_secret_value()
    async with open_database(url, connections=16) as database:
        clock = PostgresClock(database)
        policies = PostgresPolicies(database)
        engine = TemporalEngine(await connect(settings.temporal_address, lazy=True), PostgresWakeups(database))
        doors = Doors(
            orders=PostgresOrderDoor(database, clock=clock, places=PostgresPlaces(database), policies=policies),
            order_list=PostgresOrderList(database),
            payments=PostgresPaymentDoor(database, clock=clock),
            commands=PostgresCommandDoor(database, clock=clock),
            edits=PostgresEditDoor(database, clock=clock, places=PostgresPlaces(database)),
            claims=PostgresClaimDoor(database, clock=clock),
            approvals=PostgresApprovalDoor(database, clock=clock),
            webhooks=PostgresWebhookDoor(database, clock=clock),
            webhook_secrets={
                "payments": settings.payments_webhook_secret.get_secret_value(),
                "carriers": settings.carriers_webhook_secret.get_secret_value(),
                "nodes": settings.nodes_webhook_secret.get_secret_value(),
            },
            keys=PostgresKeys(database, pepper=settings.api_key_pepper.get_secret_value()),
            engine=engine,
            health=database,
        )
        news = PostgresNews(database)
        console = create_console(_pages(database, doors, news, settings.temporal_ui_url))
        app = create_app(doors, console=console)
        server = uvicorn.Server(
            uvicorn.Config(app, host=settings.api_host, port=settings.api_port, log_config=None, access_log=False)
        )
        news.end_when(lambda: server.should_exit)
        await server.serve()


def _pages(database: Database, doors: Doors, news: PostgresNews, temporal_ui: str | None) -> ConsoleDoors:
    """Staff decide through the same door as others' systems do."""
    clock, policies = PostgresClock(database), PostgresPolicies(database)
    return ConsoleDoors(
        accounts=PostgresStaff(database),
        questions=doors.approvals,
        views=PostgresConsoleViews(database, clock=clock, policies=policies),
        finder=doors.order_list,
        news=news,
        wake=partial(wake, doors.engine),
        temporal_ui=temporal_ui,
    )


if __name__ == "__main__":
    configure_logs(process="api")
    try:
        asyncio.run(serve(load_settings()))
    except SettingsMissing as stop:
        sys.exit(str(stop))
    # The SDK's threads abort about every fourth ordinary interpreter exit.
    sys.stderr.flush()
    os._exit(0)
