"""The outside world in one process: payment provider, carriers, nodes' staff, a mail server, a model that writes."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import Final

import httpx2
import uvicorn
from fastapi import FastAPI

from adapters.logs import configure_logs
from simulation.answers import Refusal, refuse
from simulation.books import Books
from simulation.carriers import Carriers
from simulation.courier import Courier
from simulation.faults import FaultPanel, FaultyPartners
from simulation.mailbox import Mailbox
from simulation.model import ModelServer
from simulation.network import NODES
from simulation.nodes import Staff
from simulation.outbox import Outbox
from simulation.partners_clock import PartnersClock
from simulation.payments import PaymentProvider
from simulation.settings import PartnerSettings

SECONDS_TO_STOP: Final = 2
SECONDS_TO_TAKE_A_WEBHOOK: Final = 15


def create_app(books: Books, outbox: Outbox, panel: FaultPanel, mailbox: Mailbox, seed: int) -> FastAPI:
    carriers = Carriers(books, outbox, panel, seed)
    ready_minutes = {node.node_id: node.ready_in_minutes for node in NODES}
    staff = Staff(books, outbox, carriers, panel, ready_minutes, seed)
    app = FastAPI(title="Partners")
    app.add_exception_handler(Refusal, refuse)
    for router in (
        PaymentProvider(books, outbox, panel, seed).router(),
        carriers.router(),
        staff.router(),
        mailbox.router(),
        ModelServer(panel, seed).router(),
        panel.router(),
    ):
        app.include_router(router)
    app.add_api_route("/ready", _ready, methods=["GET"])
    app.add_middleware(FaultyPartners, panel=panel, now=books.now, seed=seed)
    return app


async def serve(settings: PartnerSettings, wall: Callable[[], datetime]) -> None:
    """Until SIGTERM or SIGINT; a courier that fails takes the process with it."""
    panel, clock = FaultPanel(settings.faults), PartnersClock(settings.clock, wall)
    with closing(Books(settings.partners_books, clock.now)) as books:
        outbox = Outbox(books, panel, settings.seed)
        mailbox = Mailbox(books, panel, settings.seed)
        app = create_app(books, outbox, panel, mailbox, settings.seed)
        app.include_router(clock.router())
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                host="127.0.0.1",
                port=settings.partners_port,
                log_config=None,
                timeout_graceful_shutdown=SECONDS_TO_STOP,
            )
        )
        async with (
            mailbox.serve(settings.mail_port),
            httpx2.AsyncClient(base_url=settings.api_url, timeout=SECONDS_TO_TAKE_A_WEBHOOK) as api,
            asyncio.TaskGroup() as group,
        ):
            courier = group.create_task(Courier(outbox, api, settings.webhook_secrets(), wall).run())
            await server.serve()
            courier.cancel()


async def _ready() -> dict[str, str]:
    return {"status": "ready"}


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    configure_logs(process="partners")
    # uvicorn stops at SIGTERM and then raises it again; by then only our own closing is left to do
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(PartnerSettings(), _now))


if __name__ == "__main__":
    main()
