"""What an order costs the engine: history events and billable actions of one-parcel orders, counted, not estimated."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from adapters.embedded.state import StackUnavailable
from adapters.postgres.database import Database
from adapters.temporal import connect
from bench.actions import RULE, billable_actions
from contracts.base import Contract
from contracts.checkout import PlaceOrder
from contracts.ids import consignment_number, message_workflow_id, order_workflow_id, shipment_workflow_id
from simulation.launch import CHECKOUT, launch
from simulation.shop import Shop
from simulation.world import first_morning

PACE: Final = 50_000  # business seconds a second: three days of transit take about five
SEED: Final = 7
RELAYED_WITHIN: Final = 0.5  # seconds
ORDER: Final = CHECKOUT / "docs" / "order.json"


class OrderCost(Contract):
    """One order and its shipment together; beside them the messages about it, each a process of its own."""

    number: int
    history_events: int
    actions: dict[str, int]
    messages: int
    message_actions: int

    @property
    def billable_actions(self) -> int:
        return sum(self.actions.values())


def run(
    orders: Annotated[int, typer.Option(min=1, help="How many one-parcel orders.")] = 3,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the figures as JSON.")] = None,
) -> None:
    """Place one-parcel orders on a stack of their own and count what each took until it was delivered."""
    try:
        costs = asyncio.run(_measure(orders))
    except StackUnavailable as unavailable:
        sys.exit(str(unavailable))
    _print(costs)
    if json_file is not None:
        most = max(costs, key=lambda cost: cost.billable_actions)
        figures = {
            "orders": len(costs),
            "billable_actions": most.billable_actions,
            "history_events": max(cost.history_events for cost in costs),
            "by_kind": most.actions,
            "messages": most.messages,
            "message_actions": most.message_actions,
            "rule": RULE,
        }
        json_file.write_text(json.dumps(figures, indent=2) + "\n")


async def _measure(orders: int) -> list[OrderCost]:
    with _own_state() as environ:
        async with launch(first_morning(SEED), seed=SEED, pace=PACE, report=typer.echo, environ=environ) as running:
            facts = running.stack.facts
            async with Shop.open(facts.api, facts.secrets.api_keys["shop"]) as shop:
                template = PlaceOrder.model_validate_json(ORDER.read_bytes())
                placed = [
                    await shop.place(template.model_copy(update={"external_id": f"bench-{position}"}))
                    for position in range(orders)
                ]
            client = await connect(facts.temporal_address)
            return [await _cost(client, running.database, order.number) for order in placed]


async def _cost(client: Client, database: Database, number: int) -> OrderCost:
    """Counted once the order is completed and its customer told."""
    await client.get_workflow_handle(order_workflow_id(number)).result()
    workflow_ids = [order_workflow_id(number), shipment_workflow_id(consignment_number(number, 1))]
    histories = [await client.get_workflow_handle(workflow_id).fetch_history() for workflow_id in workflow_ids]
    actions = sum((billable_actions(history.events) for history in histories), Counter[str]())
    told = [await _actions_of_message(client, message) for message in await _messages(database, number)]
    return OrderCost(
        number=number,
        history_events=sum(len(history.events) for history in histories),
        actions=dict(actions),
        messages=len(told),
        message_actions=sum(told),
    )


async def _messages(database: Database, number: int) -> list[str]:
    async with database.connection() as connection:
        rows = await connection.fetch(
            "select m.number from messages m join orders o using (order_id) where o.number = $1 order by m.number",
            number,
        )
    return [message_workflow_id(row["number"]) for row in rows]


async def _actions_of_message(client: Client, workflow_id: str) -> int:
    while True:
        handle = client.get_workflow_handle(workflow_id)
        try:
            await handle.result()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            await asyncio.sleep(RELAYED_WITHIN)  # it is owed, and the relay is about to start it
        else:
            return billable_actions((await handle.fetch_history()).events).total()


def _told(cost: OrderCost) -> str:
    return f"{cost.message_actions} for {cost.messages}"


@contextmanager
def _own_state() -> Iterator[dict[str, str]]:
    """An environment with a state directory for this run alone, open to `nobody`, who runs Postgres for root."""
    directory = Path(tempfile.mkdtemp(prefix="steward-bench-"))
    directory.chmod(0o711)
    try:
        yield os.environ | {"STEWARD_STATE": str(directory / "state")}
    finally:
        shutil.rmtree(directory)


def _print(costs: list[OrderCost]) -> None:
    kinds = sorted({kind for cost in costs for kind in cost.actions})
    table = Table("", *(f"order {cost.number}" for cost in costs), title="One-parcel orders, checkout to doorstep")
    table.add_row("history events", *(str(cost.history_events) for cost in costs))
    table.add_row("billable actions", *(str(cost.billable_actions) for cost in costs))
    table.add_row("of its messages, beside", *(_told(cost) for cost in costs), end_section=True)
    for kind in kinds:
        table.add_row(kind, *(str(cost.actions.get(kind, 0)) for cost in costs))
    console = Console()
    console.print(table)
    console.print(RULE)
