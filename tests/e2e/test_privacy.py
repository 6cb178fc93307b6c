"""No person in the engine: what was planted in orders is nowhere in the Temporal server's files."""

import base64
import json
import sqlite3
from pathlib import Path
from uuid import uuid4

import pytest

from simulation.launch import Running
from tests.e2e.processes import down
from tests.e2e.shopper import Shopper
from tests.shop import basket

pytestmark = [pytest.mark.races, pytest.mark.xdist_group("stack"), pytest.mark.timeout(180)]


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

    with down(running, "temporal"):
        files = _bytes_after_checkpoint(running.stack.directory / "temporal")

    for number in numbers:
        assert f"order/{number}".encode() in files
    for text in planted:
        for spelling in _spellings(text):
            assert spelling not in files, f"{text} is in the engine"


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
