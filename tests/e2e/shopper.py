"""A shop and its staff over HTTP, with bounded waiting."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx2

PATIENCE = 60.0  # seconds on the wall


class Shopper:
    def __init__(self, http: httpx2.AsyncClient, keys: dict[str, str]) -> None:
        self._http = http
        self._keys = keys

    async def post(self, path: str, body: dict[str, Any], *, who: str = "shop") -> httpx2.Response:
        return await self._ask("POST", path, who, json=body, key=uuid4().hex)

    async def get(self, path: str, *, who: str = "staff") -> Any:
        response = await self._ask("GET", path, who)
        response.raise_for_status()
        return response.json()

    async def _ask(self, method: str, path: str, who: str, *, json: Any = None, key: str = "") -> httpx2.Response:
        """As a shop would: what is answered 503 is sent again, under the same key."""
        headers = {"Authorization": f"Bearer {self._keys[who]}", "Idempotency-Key": key}
        async with asyncio.timeout(PATIENCE):
            while True:
                response = await self._http.request(method, path, json=json, headers=headers)
                if response.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
                    return response
                await asyncio.sleep(float(response.headers["Retry-After"]) / 4)

    async def place(self, body: dict[str, Any]) -> str:
        response = await self.post("/v1/orders", body)
        assert response.status_code == 201, response.text
        order_id: str = response.json()["id"]
        return order_id

    async def order(self, order_id: str) -> Any:
        return await self.get(f"/v1/orders/{order_id}")

    async def until(self, order_id: str, holds: Callable[[Any], bool]) -> Any:
        """The order once the condition holds; fails with the order as it is when patience is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while not holds(order := await self.order(order_id)):
            assert loop.time() < deadline, f"{order['status']} waiting on {order['waiting_on']}: {order['timeline']}"
            await asyncio.sleep(0.1)
        return order

    async def until_status(self, order_id: str, *statuses: str) -> Any:
        return await self.until(order_id, lambda order: order["status"]["order"] in statuses)

    async def comes_back(self) -> None:
        """Wait until the API answers again."""
        async with asyncio.timeout(PATIENCE):
            while not await self._is_ready():
                await asyncio.sleep(0.1)

    async def _is_ready(self) -> bool:
        try:
            return (await self._http.get("/ready")).status_code == httpx2.codes.OK
        except httpx2.RequestError:
            return False

    async def question_about(self, order_id: str) -> Any:
        await self.until_status(order_id, "on_hold")
        page = await self.get("/v1/approvals?status=pending&limit=200")
        return next(item for item in page["items"] if item["order_id"] == order_id)

    async def question_about_words(self, order_id: str) -> Any:
        """Once nothing that was written for a message of the order may be sent."""
        async with asyncio.timeout(PATIENCE):
            while True:
                page = await self.get("/v1/approvals?limit=200")
                for item in page["items"]:
                    if (item["order_id"], item["kind"]) == (order_id, "message"):
                        return item
                await asyncio.sleep(0.1)
