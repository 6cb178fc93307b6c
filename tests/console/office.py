"""The pages as staff have them: served on a free port over real tables, with people who may sign in."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import uvicorn
from argon2 import PasswordHasher

from adapters.postgres.clock import PostgresClock
from adapters.postgres.console_news import PostgresNews
from adapters.postgres.console_views import PostgresConsoleViews
from adapters.postgres.database import Database
from adapters.postgres.policies import PostgresPolicies
from adapters.postgres.staff import PostgresStaff
from api.app import create_app
from api.doors import wake
from console.app import create_console
from console.doors import ConsoleDoors
from contracts.staff import SignedIn, SignIn, StaffName, StaffRole
from tests.front_door import Caller, doors_over

PASSWORD: Final = "correct horse battery"
PEOPLE: Final[dict[StaffName, StaffRole]] = {
    "ana": "support",
    "ben": "operations",
    "eve": "operations",
    "sam": "store",
}
LOOK_EVERY: Final = 0.1  # seconds


class Office:
    """Where the pages are, and what is behind them."""

    def __init__(self, url: str, caller: Caller, staff: PostgresStaff) -> None:
        self.url = url
        self.caller = caller
        self.staff = staff

    @property
    def database(self) -> Database:
        return self.caller.database

    async def session_of(self, name: str) -> SignedIn:
        signed_in = await self.staff.sign_in(SignIn(name=name, password=PASSWORD))
        assert isinstance(signed_in, SignedIn)
        return signed_in


@asynccontextmanager
async def open_office(caller: Caller) -> AsyncIterator[Office]:
    """Served until the block ends; passwords are hashed as cheaply as that goes."""
    database = caller.database
    staff = PostgresStaff(database, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    for name, role in PEOPLE.items():
        await staff.add(name, role, PASSWORD)
    doors = doors_over(database, caller.keys, caller.engine)
    clock, policies = PostgresClock(database), PostgresPolicies(database)
    news = PostgresNews(database, look_every=LOOK_EVERY)
    pages = ConsoleDoors(
        accounts=staff,
        questions=doors.approvals,
        views=PostgresConsoleViews(database, clock=clock, policies=policies),
        finder=doors.order_list,
        news=news,
        wake=partial(wake, caller.engine),
        temporal_ui="http://temporal.example",
    )
    app = create_app(doors, console=create_console(pages))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
        news.end_when(lambda: server.should_exit)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield Office(f"http://127.0.0.1:{listening.getsockname()[1]}", caller, staff)
        finally:
            server.should_exit = True
            await serving
