"""The API and the console in this process over a database: asked and answered without a network between."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import httpx2

from adapters.postgres.approval_door import PostgresApprovalDoor
from adapters.postgres.claim_door import PostgresClaimDoor
from adapters.postgres.clock import PostgresClock
from adapters.postgres.command_door import PostgresCommandDoor
from adapters.postgres.console_news import PostgresNews
from adapters.postgres.console_views import PostgresConsoleViews
from adapters.postgres.database import Database
from adapters.postgres.edit_door import PostgresEditDoor
from adapters.postgres.keys import PostgresKeys
from adapters.postgres.order_door import PostgresOrderDoor
from adapters.postgres.order_list import PostgresOrderList
from adapters.postgres.payment_door import PostgresPaymentDoor
from adapters.postgres.places import PostgresPlaces
from adapters.postgres.policies import PostgresPolicies
from adapters.postgres.staff import PostgresStaff
from adapters.postgres.webhook_door import PostgresWebhookDoor
from api.app import create_app
from api.doors import Doors, wake
from console.app import create_console
from console.doors import ConsoleDoors
from console.sessions import SESSION
from contracts.staff import SignedIn, SignIn
from contracts.wakeups import Wakeup

PEPPER: Final = "only for this bench"


class _NoEngine:
    """Whoever only looks wakes nobody; what is owed all the same stays a row."""

    async def deliver(self, wakeup: Wakeup) -> None:
        raise RuntimeError(f"nobody is there to tell {wakeup.workflow_id}")


def doors_of(database: Database) -> Doors:
    clock, places = PostgresClock(database), PostgresPlaces(database)
    return Doors(
        orders=PostgresOrderDoor(database, clock=clock, places=places, policies=PostgresPolicies(database)),
        order_list=PostgresOrderList(database),
        payments=PostgresPaymentDoor(database, clock=clock),
        commands=PostgresCommandDoor(database, clock=clock),
        edits=PostgresEditDoor(database, clock=clock, places=places),
        claims=PostgresClaimDoor(database, clock=clock),
        approvals=PostgresApprovalDoor(database, clock=clock),
        webhooks=PostgresWebhookDoor(database, clock=clock),
        webhook_secrets={},
        keys=PostgresKeys(database, pepper=PEPPER),
        engine=_NoEngine(),
        health=database,
    )


def _pages(database: Database, doors: Doors) -> ConsoleDoors:
    clock, policies = PostgresClock(database), PostgresPolicies(database)
    return ConsoleDoors(
        accounts=PostgresStaff(database),
        questions=doors.approvals,
        views=PostgresConsoleViews(database, clock=clock, policies=policies),
        finder=doors.order_list,
        news=PostgresNews(database),
        wake=partial(wake, doors.engine),
    )


@asynccontextmanager
async def front_door(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    doors = doors_of(database)
    transport = httpx2.ASGITransport(create_app(doors, console=create_console(_pages(database, doors))))
    async with httpx2.AsyncClient(transport=transport, base_url="http://steward") as http:
        yield http


async def reader_of(database: Database) -> dict[str, str]:
    """The headers of a system that may read everything."""
    token = await PostgresKeys(database, pepper=PEPPER).issue("bench", ["orders:read", "approvals:read"])
    return {"Authorization": f"Bearer {token}"}


async def staff_of(database: Database) -> dict[str, str]:
    """The headers of a browser in which somebody of operations is signed in."""
    staff, password = PostgresStaff(database), secrets.token_urlsafe(16)
    await staff.add("bench", "operations", password)
    signed_in = await staff.sign_in(SignIn(name="bench", password=password))
    if isinstance(signed_in, SignedIn):
        return {"Cookie": f"{SESSION}={signed_in.token}"}
    raise LookupError("an account that was just made was turned away")
