"""The demo as a stranger runs it, with servers of its own; in between its workers are killed."""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from contracts.clock import BusinessClock
from simulation.run import Plan, Run, SoldOut

ROOT = Path(__file__).parents[2]
PACE = 14_400  # three business days in 18 s
PATIENCE = 100.0  # seconds
INVOICE = "InvoiceNo,StockCode,Description,Quantity,UnitPrice,CustomerID\n" + "".join(
    f"{invoice},{code},THING,{quantity},2.55,{17_000 + invoice % 5}\n"
    for invoice in range(1, 13)
    for code, quantity in ((f"{20_000 + 7 * invoice + n}", n) for n in range(1, 15))
)


async def demo(state, *options):
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulation.demo",
        "--pace",
        str(PACE),
        "--exit",
        *options,
        cwd=ROOT,
        env={**os.environ, "STEWARD_STATE": str(state)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def orders_are_coming(process):
    """Reads what the demo says until it tells of orders; answers the lines."""
    lines = []
    async with asyncio.timeout(PATIENCE):
        async for line in process.stdout:
            lines.append(line.decode())
            if " placed: " in lines[-1] and " 0 of " not in lines[-1]:
                break
    return lines


def pid_of(state, name):
    return json.loads((state / "stack.json").read_text())["children"][name]["server"]["pid"]


def assert_all_is_well(summary):
    assert summary["placed"] == summary["delivered"] + summary["canceled"] == 12
    assert summary["books_agree"]
    assert summary["units_conserved"]
    assert min(summary["held"], summary["canceled"], summary["split_orders"]) >= 1
    assert summary["stuck"] == summary["captured_twice"] == summary["labelled_twice"] == 0
    assert summary["unrefunded_minor"] == 0
    outcomes = summary["outcomes"]
    assert outcomes["delivered_whole"] + outcomes["delivered_in_part"] == summary["delivered"]
    assert sum(outcomes["canceled_by"].values()) == summary["canceled"]


def test_a_run_of_more_orders_is_watched_for_longer_and_a_faster_one_shorter():
    now = datetime.now(UTC)

    def seconds(orders, pace):
        clock = BusinessClock(wall_epoch=now, business_epoch=now, pace=pace)
        return Plan(orders=orders, seed=3, pace=pace, invoices=None).seconds_to_end(clock)

    assert seconds(5_000, PACE) > seconds(200, PACE) > seconds(1, PACE)
    assert seconds(200, 2 * PACE) < seconds(200, PACE)


@pytest.mark.long
@pytest.mark.timeout(2 * PATIENCE)
async def test_a_run_whose_workers_are_killed_ends_well_and_so_does_the_next_on_old_state(state, tmp_path):
    own = state / "demo"
    first = await demo(own, "--orders", "12", "--seed", "3", "--json", str(tmp_path / "first.json"))
    lines = await orders_are_coming(first)
    os.kill(pid_of(own, "workers"), signal.SIGKILL)
    async with asyncio.timeout(PATIENCE):
        said, _ = await first.communicate()
    assert first.returncode == 0, said.decode()
    assert lines[0].startswith(f"pid          {first.pid} ")
    assert "workers is back" in said.decode()
    assert_all_is_well(json.loads((tmp_path / "first.json").read_text()))

    (tmp_path / "invoices.csv").write_text(INVOICE)
    options = ("--baskets", str(tmp_path / "invoices.csv"), "--json", str(tmp_path / "second.json"))
    second = await demo(own, "--orders", "12", *options)
    async with asyncio.timeout(PATIENCE):
        said, _ = await second.communicate()
    assert second.returncode == 0, said.decode()
    assert_all_is_well(json.loads((tmp_path / "second.json").read_text()))


async def test_a_file_without_invoices_is_refused_before_anything_starts(tmp_path):
    (tmp_path / "empty.csv").write_text("")
    process = await demo(tmp_path / "state", "--baskets", str(tmp_path / "empty.csv"))
    async with asyncio.timeout(PATIENCE):
        said, _ = await process.communicate()
    assert process.returncode == 2
    assert "empty.csv: the first row lacks the columns" in said.decode()
    assert not (tmp_path / "state").exists()


async def test_a_state_where_everything_is_sold_out_is_told_in_one_line(database, tmp_path):
    async with database.connection() as connection:
        await connection.execute("update stock_balances set on_hand = 0")
    facts = SimpleNamespace(api="", secrets=SimpleNamespace(api_keys=dict.fromkeys(("shop", "staff", "lead"), "")))
    stack = SimpleNamespace(directory=tmp_path, facts=facts)
    running: Any = SimpleNamespace(stack=stack, database=database, clock=None)
    run = Run(running, Plan(orders=12, seed=3, pace=1, invoices=None), Console())
    with pytest.raises(SoldOut, match=f"^Everything is sold out on {tmp_path}: remove it to start afresh$"):
        await run.play(0)
