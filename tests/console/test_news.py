"""What changed reaches every page that is open, and nobody looks while none is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest_asyncio

from adapters.postgres.console_news import INBOX, PostgresNews
from adapters.postgres.database import Database
from tests.console.orders import hold
from tests.front_door import Caller


@pytest_asyncio.fixture
async def news(database: Database) -> AsyncIterator[PostgresNews]:
    news = PostgresNews(database, look_every=0.02)
    yield news
    assert news._looking is None


async def next_mark(news: PostgresNews, topic: str, seen: str) -> str:
    async with asyncio.timeout(10), aclosing(news.marks(topic, seen)) as marks:
        return await anext(marks)


async def test_what_changed_before_somebody_listened_is_told_at_once(news: PostgresNews) -> None:
    assert await next_mark(news, INBOX, "another mark")


async def test_only_what_is_of_the_topic_is_told(news: PostgresNews, caller: Caller) -> None:
    first, second = await hold(caller), await hold(caller)
    seen = {each.order["id"]: await next_mark(news, each.order["id"], "") for each in (first, second)}
    seen[INBOX] = await next_mark(news, INBOX, "")
    waiting = {topic: asyncio.create_task(next_mark(news, topic, mark)) for topic, mark in seen.items()}
    changed, unchanged = first.order["id"], second.order["id"]
    await caller.post(f"/v1/orders/{changed}:hold", {"reason_code": "customer_request"})
    assert await waiting[changed] != seen[changed]
    assert not waiting[INBOX].done()
    await hold(caller)
    assert await waiting[INBOX] != seen[INBOX]
    assert not waiting[unchanged].done()
    waiting[unchanged].cancel()
    await asyncio.wait([waiting[unchanged]])


async def test_who_comes_as_the_last_one_leaves_hears_too(news: PostgresNews) -> None:
    for _ in range(5):
        leaving, coming = (asyncio.create_task(next_mark(news, INBOX, "")) for _ in range(2))
        assert await leaving == await coming
