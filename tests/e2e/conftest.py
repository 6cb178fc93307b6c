"""The whole stack as a laptop runs it, once for the tests of this folder: servers, processes and simulated partners."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest_asyncio

from contracts.catalogue import World
from simulation.launch import Running, launch
from tests.e2e.shopper import Shopper
from tests.shop import NODES, PLACES, PRODUCTS, STOCK

PACE = 20_000  # three business days in 13 s


@pytest_asyncio.fixture(scope="session")
async def running(state: Path) -> AsyncIterator[Running]:
    world = World(products=PRODUCTS, nodes=NODES, places=PLACES, stock=STOCK)
    environ = {"STEWARD_STATE": str(state / "stack"), "PATH": "/usr/bin:/bin"}
    async with launch(world, seed=1, pace=PACE, report=lambda _: None, environ=environ) as running:
        yield running


@pytest_asyncio.fixture
async def shopper(running: Running) -> AsyncIterator[Shopper]:
    facts = running.stack.facts
    async with httpx2.AsyncClient(base_url=facts.api, timeout=30, trust_env=False) as http:
        yield Shopper(http, facts.secrets.api_keys)
