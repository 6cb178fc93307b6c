"""No person in the engine: what was planted in orders, and the mails about it, are nowhere in its files or our logs."""

import asyncio
import base64
import json
import sqlite3
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from simulation.launch import Running
from tests.e2e.processes import book, down
from tests.e2e.shopper import PATIENCE, Shopper
from tests.shop import LAMP, basket

pytestmark = [pytest.mark.races, pytest.mark.xdist_group("stack"), pytest.mark.timeout(180)]
LONG_ENOUGH: Final = 20


async def test_temporals_files_hold_every_order_number_and_no_planted_person(
    running: Running, shopper: Shopper
) -> None:
    planted = [f"Zoë-{uuid4().hex}", f"{uuid4().hex} Mäander Lane", f"{uuid4().hex}@example.org", f"note-{uuid4().hex}"]
    name, street, email, note = planted
    body = basket(MUG=1)
    body["customer"] |= {"name": name, "email": email}
    body["shipping_address"]["line1"] = street
    delivered = await shopper.place(body)
    canceled = await shopper.place(body | {"external_id": uuid4().hex})
    await shopper.post(f"/v1/orders/{canceled}:cancel", {"reason_code": "other", "note": note})
    numbers = [(await shopper.until_status(each, "completed", "canceled"))["number"] for each in (delivered, canceled)]

    mails = await mails_to(running, email, len(numbers))
    assert any(name in mail["body"] for mail in mails)  # so there is something to find
    with down(running, "temporal"):
        files = _bytes_after_checkpoint(running.stack.directory / "temporal")

    for number in numbers:
        assert f"order/{number}".encode() in files
        assert f"message/{number}-".encode() in files
    for text in [*planted, *_lines(mails)]:
        assert_is_nowhere(text, files, "the engine")
    for text in planted:
        assert_is_nowhere(text, _logs(running), "the logs")


async def test_what_a_person_is_asked_about_words_names_nobody(running: Running, shopper: Shopper) -> None:
    """What was ordered cannot be said, so that somebody is asked whether nothing is told."""
    planted = [name, email] = [f"Ida{uuid4().hex}", f"{uuid4().hex}@example.org"]
    body = basket(LMP=1)
    body["customer"] |= {"name": name, "email": email}
    await rename_lamp(running, "Lamp \N{GRINNING FACE}")
    try:
        question = await shopper.question_about_words(await shopper.place(body))
    finally:
        await rename_lamp(running, "Lamp")
    assert [text for text in planted if text in json.dumps(question)] == []
    with down(running, "temporal"):
        files = _bytes_after_checkpoint(running.stack.directory / "temporal")
    assert question["id"].encode() in files
    for text in planted:
        assert_is_nowhere(text, files, "the engine")
        assert_is_nowhere(text, _logs(running), "the logs")


async def rename_lamp(running: Running, name: str) -> None:
    async with running.database.connection() as connection:
        await connection.execute("update products set name = $1 where sku = $2", name, LAMP)


async def mails_to(running: Running, address: str, at_least: int) -> list[dict[str, Any]]:
    """Once so many came."""
    async with asyncio.timeout(PATIENCE):
        while True:
            mails = [mail for mail in await book(running, "mailbox") if mail["recipient"] == address]
            if len(mails) >= at_least:
                return mails
            await asyncio.sleep(0.2)


def assert_is_nowhere(text: str, files: bytes, where: str) -> None:
    for spelling in _spellings(text):
        assert spelling not in files, f"{text} is in {where}"


def _lines(mails: list[dict[str, Any]]) -> list[str]:
    """Subjects, and paragraphs that are long enough to be nobody else's words."""
    lines = [line for mail in mails for line in (mail["subject"], *mail["body"].splitlines())]
    return [line for line in lines if len(line) > LONG_ENOUGH]


def _logs(running: Running) -> bytes:
    """Of our processes and of the servers."""
    logs = [path for path in running.stack.directory.rglob("*.log*") if path.is_file()]
    assert logs
    return b"".join(path.read_bytes() for path in logs)


def _bytes_after_checkpoint(directory: Path) -> bytes:
    (database,) = directory.glob("*.db")
    with sqlite3.connect(database) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    return b"".join(path.read_bytes() for path in directory.iterdir() if path.is_file())


def _spellings(text: str) -> list[bytes]:
    """Raw, as JSON escapes it, and in base64 at each of the three offsets, without the ends that neighbours change."""
    raw = [text.encode(), json.dumps(text)[1:-1].encode()]
    return [*raw, *(base64.b64encode(b"\0" * offset + each)[4:-4] for each in raw for offset in range(3))]
