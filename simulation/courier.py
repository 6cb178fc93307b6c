"""Brings the partners' messages to the shop, signed, until it takes them."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Final

import httpx2
import structlog
from standardwebhooks import Webhook

from contracts.webhooks import WebhookSource
from simulation.outbox import Letter, Outbox

MOST_AT_A_TIME: Final = 64
TICK_SECONDS: Final = 0.05  # at pace 7,200 six business minutes; looking costs one query on a small index

log = structlog.get_logger()


class Courier:
    """`api` is a client whose base URL is the shop's; `secrets` are whsec_…, one per source."""

    def __init__(
        self,
        outbox: Outbox,
        api: httpx2.AsyncClient,
        secrets: Mapping[WebhookSource, str],
        wall: Callable[[], datetime],
    ) -> None:
        self._outbox = outbox
        self._api = api
        self._signers = {source: Webhook(secret) for source, secret in secrets.items()}
        self._wall = wall

    async def run(self) -> None:
        while True:
            if not await self.deliver_due():
                await asyncio.sleep(TICK_SECONDS)

    async def deliver_due(self) -> int:
        """Send what is due, each subject's messages one after the other; how many the shop took."""
        letters = sorted(self._outbox.due(self._wall(), MOST_AT_A_TIME), key=attrgetter("subject"))
        rounds = [self._deliver(list(group)) for _, group in groupby(letters, key=attrgetter("subject"))]
        return sum(await asyncio.gather(*rounds))

    async def _deliver(self, letters: list[Letter]) -> int:
        taken = 0
        for letter in letters:
            if await self._is_taken(letter):
                self._outbox.was_taken(letter)
                taken += 1
            else:
                self._outbox.was_not_taken(letter, self._wall())
        return taken

    async def _is_taken(self, letter: Letter) -> bool:
        moment = self._wall().astimezone(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": letter.webhook_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": self._signers[letter.source].sign(letter.webhook_id, moment, letter.body),
        }
        try:
            response = await self._api.post(f"/v1/webhooks/{letter.source}", content=letter.body, headers=headers)
        except httpx2.RequestError as error:
            log.info("webhook.not_delivered", webhook_id=letter.webhook_id, error=type(error).__name__)
            return False
        if not response.is_success:
            log.info("webhook.not_taken", webhook_id=letter.webhook_id, status=response.status_code)
        return response.is_success
