"""After the morning: business time slows down, and a few held orders are left for whoever looks into the inbox."""

import asyncio
from collections.abc import Sequence
from typing import Final

import httpx2

from adapters.postgres.clock import PostgresClock
from contracts.clock import BusinessClock
from contracts.ids import OrderId
from simulation.baskets import drawn_baskets
from simulation.checkouts import order_of
from simulation.customers import Mood, Visit
from simulation.launch import Running
from simulation.mails import UNDER_WAY, messages_of
from simulation.shop import PlacedOrder, Shop
from simulation.tables import Tables, on_hand
from simulation.wall import Wall

PACE: Final = 60  # a business minute a second: there is time to read before anything is due
MOODS: Final = (Mood.HONEST, Mood.FRAUDULENT, Mood.HONEST)
LOOK_SECONDS: Final = 0.3
LOOKS: Final = 100  # a busy machine takes its time


async def leave_cases(running: Running, *, run: str, seed: int, placed: int) -> list[PlacedOrder]:
    """Place orders that a person is asked about; answers those that are held by the end, and their customers told.

    `placed` is how many the run has placed so far. Raises Unanswered, TurnedDown.
    """
    clock = await slow_down(running)
    facts = running.stack.facts
    async with Shop.open(facts.api, facts.secrets.api_keys["shop"]) as shop:
        orders = [
            await shop.place(order_of(visit, run=run, seed=seed, now=Wall(clock).business_now()))
            for visit in await _visits(running, seed, placed)
        ]
    held: set[OrderId] = set()
    for _ in range(LOOKS):
        held = await _held(running, run, [order.id for order in orders])
        if len(held) == len(orders):
            break
        await asyncio.sleep(LOOK_SECONDS)
    return [order for order in orders if order.id in held]


async def slow_down(running: Running) -> BusinessClock:
    """For Steward and its partners alike, from one moment on."""
    clock = await PostgresClock(running.database).set_pace(PACE)
    async with httpx2.AsyncClient(base_url=running.stack.facts.partners, trust_env=False) as partners:
        (await partners.put("/clock", json=clock.model_dump(mode="json"))).raise_for_status()
    return clock


async def _visits(running: Running, seed: int, placed: int) -> list[Visit]:
    """By strangers, who look risky; fewer where hardly anything is in stock any more."""
    baskets = drawn_baskets(len(MOODS) + 1, await on_hand(running.database), seed + placed)[1:]
    return [
        Visit(placed + position, f"guest-{placed + position}", basket, mood)
        for position, (basket, mood) in enumerate(zip(baskets, MOODS, strict=False), start=1)
    ]


async def _held(running: Running, run: str, orders: Sequence[OrderId]) -> set[OrderId]:
    """Those of them that wait for a person, and whose customers have been told."""
    busy = {each.order_number for each in await messages_of(running.database, run) if each.status in UNDER_WAY}
    rows = await Tables(running.database, run).orders()
    return {row.order_id for row in rows if row.order_id in orders and row.held and row.number not in busy}
