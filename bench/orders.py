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

from adapters.embedded.state import StackUnavailable
from adapters.temporal import connect
from bench.actions import RULE, billable_actions
from contracts.base import Contract
from contracts.checkout import PlaceOrder
from contracts.ids import consignment_number, order_workflow_id, shipment_workflow_id
from simulation.launch import CHECKOUT, launch
from simulation.shop import Shop
from simulation.world import first_morning

PACE: Final = 50_000  # business seconds a second: three days of transit take about five
SEED: Final = 7
ORDER: Final = CHECKOUT / "docs" / "order.json"


class OrderCost(Contract):
    """One order and its shipment together."""

    number: int
    history_events: int
    actions: dict[str, int]

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
            return [await _cost(client, order.number) for order in placed]


async def _cost(client: Client, number: int) -> OrderCost:
    """Counted once the order is completed: of its own history and of its one shipment's."""
    await client.get_workflow_handle(order_workflow_id(number)).result()
    workflow_ids = [order_workflow_id(number), shipment_workflow_id(consignment_number(number, 1))]
    histories = [await client.get_workflow_handle(workflow_id).fetch_history() for workflow_id in workflow_ids]
    actions = sum((billable_actions(history.events) for history in histories), Counter[str]())
    return OrderCost(
        number=number, history_events=sum(len(history.events) for history in histories), actions=dict(actions)
    )


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
    table.add_row("billable actions", *(str(cost.billable_actions) for cost in costs), end_section=True)
    for kind in kinds:
        table.add_row(kind, *(str(cost.actions.get(kind, 0)) for cost in costs))
    console = Console()
    console.print(table)
    console.print(RULE)
