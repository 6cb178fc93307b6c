"""One run on a stack that is up: the orders of a morning, lived through to their ends, and counted."""

import asyncio
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import httpx2
from rich.console import Console

from adapters.postgres.policies import PostgresPolicies
from contracts.clock import BusinessClock
from contracts.problems import DatabaseAway
from contracts.stock import Units
from simulation.baskets import drawn_baskets
from simulation.board import Board
from simulation.clerk import Clerk
from simulation.comparison import Comparison, against_nearest, as_routed, morning_problem
from simulation.customers import visits
from simulation.endings import endings
from simulation.gift_cards import issue_all
from simulation.invoices import Invoices
from simulation.launch import Running
from simulation.mails import UNDER_WAY, Post, mail_differences, messages_of, told
from simulation.model import ModelBook
from simulation.morning import Morning
from simulation.network import NODES
from simulation.reviewers import Reviewers
from simulation.scenarios import USUAL, Scenario
from simulation.shop import Shop
from simulation.summary import CLOSED, PartnersBooks, Summary, accounts, outcomes
from simulation.tables import OrderRow, Tables, on_hand
from simulation.tariffs import SERVICES
from simulation.wall import Wall

LOOK_SECONDS: Final = 0.4
# From the last order on: review, what is lost until nobody waits for it, a new plan, and another loss;
# so many seconds for servers to come back; and so many an order, since a busy machine falls behind.
LONGEST: Final = timedelta(days=30)
SPARE_SECONDS: Final = 60
SECONDS_AN_ORDER: Final = 0.5


@dataclass(frozen=True)
class Plan:
    """What is to be run; with invoices their baskets are placed, otherwise as many orders as said."""

    orders: int
    seed: int
    pace: int
    invoices: Invoices | None
    scenario: Scenario = USUAL

    def seconds_to_end(self, clock: BusinessClock) -> float:
        """How long after the last order is placed the run is watched at most."""
        return clock.wall_time(LONGEST).total_seconds() + SPARE_SECONDS + SECONDS_AN_ORDER * self.orders


class SoldOut(Exception):
    """There is nothing to order any more; the message is one line that says what to do."""


class Run:
    """Its orders are told from those of other runs by a random word."""

    def __init__(self, running: Running, plan: Plan, console: Console) -> None:
        self._running = running
        self._plan = plan
        self._console = console
        self._wall = Wall(running.clock)
        self._run = secrets.token_hex(3)
        self._tables = Tables(running.database, self._run)
        self._begun = time.monotonic()

    async def play(self, seconds_to_start: float) -> Summary:
        """From the first order to the summary; raises SoldOut, or a group of Unanswered and TurnedDown."""
        opening = await on_hand(self._running.database)
        late_cancels = await self._live_through(opening)
        orders = await self._tables.orders()
        stock, books = await self._tables.stock(), await self._partners_books()
        messages, post = await messages_of(self._running.database, self._run), await self._post()
        untrue = mail_differences(messages, post.mails, post.untruths)
        facts, invoices = self._running.stack.facts, self._plan.invoices
        return Summary(
            **dict(outcomes(orders, late_cancels)),
            **dict(await self._comparison(orders, opening)),
            **dict(accounts(orders, stock, books, untrue)),
            **dict(told(messages, post.mails, post.untruths)),
            outcomes=endings(orders),
            pid=os.getpid(),
            run=self._run,
            seed=self._plan.seed,
            pace=self._plan.pace,
            api=facts.api,
            temporal_ui=facts.temporal_ui,
            seconds_to_start=round(seconds_to_start, 1),
            seconds=round(seconds_to_start + time.monotonic() - self._begun, 1),
            rows_left_out=invoices.skipped if invoices else {},
        )

    async def _live_through(self, opening: Units) -> int:
        """Until every order has come to its end, or patience to its; answers how many cancels came too late."""
        plan, api, keys = self._plan, self._running.stack.facts.api, self._running.stack.facts.secrets.api_keys
        baskets = plan.invoices.baskets if plan.invoices else drawn_baskets(plan.orders, opening, plan.seed)
        if not baskets:
            raise SoldOut(f"Everything is sold out on {self._running.stack.directory}: remove it to start afresh")
        coming = visits(baskets, opening, plan.seed, plan.scenario.shares)
        now = self._wall.business_now()
        await issue_all(self._running.database, coming, run=self._run, seed=plan.seed, now=now)
        with Board(self._console, len(baskets)) as board:
            async with (
                Shop.open(api, keys["shop"]) as shop,
                Shop.open(api, keys["staff"]) as staff,
                Shop.open(api, keys["lead"]) as lead,
                asyncio.TaskGroup() as group,
            ):
                morning = Morning(shop, self._wall, run=self._run, seed=plan.seed, tell=board.tell)
                placing = group.create_task(morning.place_all(coming))
                reviewing = group.create_task(Reviewers(staff, lead, self._wall, morning.placed, plan.seed).work())
                clerk = Clerk(staff, self._tables, self._wall, morning.placed, seed=plan.seed)
                looking = group.create_task(clerk.work())
                await self._watch(board, placing)
                reviewing.cancel()
                looking.cancel()
        return morning.late_cancels

    async def _watch(self, board: Board, placing: asyncio.Task[None]) -> None:
        loop = asyncio.get_running_loop()
        deadline, seen = float("inf"), 0
        while loop.time() < deadline:
            if placing.done() and deadline == float("inf"):
                deadline = loop.time() + self._plan.seconds_to_end(self._running.clock)
            try:
                orders, news = await self._tables.orders(), await self._tables.news(seen)
            except DatabaseAway as away:
                board.tell(f"the database is away: {away}")
            else:
                seen = news[-1].event_id if news else seen
                board.show(orders, news, self._wall.business_now())
                if placing.done() and await self._is_over(orders):
                    return
            await asyncio.sleep(LOOK_SECONDS)

    async def _is_over(self, orders: Sequence[OrderRow]) -> bool:
        """All are closed, nobody is asked about one, everybody is told, and the provider has nothing more to tell."""
        if any(order.status not in CLOSED or order.in_question for order in orders):
            return False
        if any(message.status in UNDER_WAY for message in await messages_of(self._running.database, self._run)):
            return False
        ours = {row.key for order in orders for row in order.authorizations}
        if not ours:
            return True
        return not any(entry.untold for entry in (await self._partners_books()).payments if entry.key in ours)

    async def _comparison(self, orders: Sequence[OrderRow], opening: Units) -> Comparison:
        _, policy = await PostgresPolicies(self._running.database).newest()
        routed, ours = [], {}
        for order in orders:
            if order.planned_at is not None and order.planned_cost is not None:
                to_plan = await self._tables.order_to_plan(order, order.planned_at)
                routed.append(as_routed(to_plan, SERVICES, policy, order.planned_at))
                ours[str(order.number)] = order.planned_cost
        return against_nearest(morning_problem(routed, opening, NODES, SERVICES), ours)

    async def _partners_books(self) -> PartnersBooks:
        async with self._partners() as http:
            answers = {name: await http.get(f"/{name}/v1/books") for name in PartnersBooks.model_fields}
        return PartnersBooks.model_validate({name: each.raise_for_status().json() for name, each in answers.items()})

    async def _post(self) -> Post:
        async with self._partners() as http:
            mails = (await http.get("/mailbox/v1/books")).raise_for_status().json()
            model = ModelBook.model_validate((await http.get("/model/books")).raise_for_status().json())
        return Post(mails=mails, untruths=model.untruths)

    def _partners(self) -> httpx2.AsyncClient:
        patient = httpx2.AsyncHTTPTransport(retries=5)  # a partner that was killed is back within seconds
        return httpx2.AsyncClient(base_url=self._running.stack.facts.partners, transport=patient, trust_env=False)
