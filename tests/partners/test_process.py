import asyncio
import json
import os
import sys
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx2
from fastapi import FastAPI

from adapters.payments import HttpPayments
from contracts.clock import BusinessClock
from tests.partners.town import SECRETS, Webhooks, a_card, a_free_port, listening

SECONDS_TO_START = 20


async def eventually(happened):
    deadline = time.monotonic() + SECONDS_TO_START
    while not await happened():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)


@asynccontextmanager
async def running_partners(port, environment):
    """The process as a launcher starts it; killed hard at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulation.partners", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:

            async def ready():
                try:
                    return (await http.get("/ready")).status_code == 200
                except httpx2.TransportError:
                    return False

            await eventually(ready)
            yield http
    finally:
        process.kill()
        await process.wait()


async def test_killed_hard_the_process_comes_back_with_its_books_and_what_it_had_not_told(tmp_path):
    shop, port, now = Webhooks(statuses=[503] * 3), a_free_port(), datetime.now(UTC)
    app = FastAPI()
    app.add_api_route("/v1/webhooks/{source}", shop.take, methods=["POST"])
    async with listening(app) as shop_url:
        environment = {
            **os.environ,
            "STEWARD_PARTNERS_PORT": str(port),
            "STEWARD_MAIL_PORT": str(a_free_port()),
            "STEWARD_PARTNERS_BOOKS": str(tmp_path / "books.sqlite"),
            "STEWARD_API_URL": shop_url,
            "STEWARD_SEED": "7",
            "STEWARD_CLOCK": BusinessClock(wall_epoch=now, business_epoch=now, pace=7_200).model_dump_json(),
            "STEWARD_FAULTS": json.dumps({"duplicated": 1}),
            **{f"STEWARD_{source.upper()}_WEBHOOK_SECRET": secret for source, secret in SECRETS.items()},
        }

        async def refused():
            return len(shop.seen) >= 1

        async def told_twice():
            return not shop.statuses and len(shop.seen) >= 5

        async with running_partners(port, environment) as http:
            made = await HttpPayments(http).authorize(a_card())
            await eventually(refused)
        async with running_partners(port, environment) as http:
            assert await HttpPayments(http).find_authorization(a_card().key) == made
            await eventually(told_twice)
    assert len(set(shop.seen)) == 1
