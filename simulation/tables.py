"""What Steward's own tables say of a run, and of the stock: read only, nothing derived in memory elsewhere."""

from datetime import datetime
from typing import Final

from adapters.postgres.database import Database
from adapters.postgres.stock import PostgresStock
from contracts.base import Contract
from contracts.ids import NodeId, OrderId, Sku
from contracts.order import OrderStep
from contracts.planning import OrderToPlan
from contracts.routing import PlanCost
from contracts.states import OrderStatus, PaymentStatus
from contracts.stock import Bucket, Units

_ORDERS: Final = """
select o.order_id, o.number, o.status, o.payment_status, o.cancel_reason, o.total_minor, o.handed_over_at is not null
           as handed_over,
       t.authorized_minor, t.captured_minor, t.refunded_minor, t.voided_at is not null as voided,
       exists (select from approvals a where a.order_id = o.order_id) as held,
       (select count(*) from fulfillments f where f.order_id = o.order_id and f.status <> 'canceled') as consignments,
       array(select s.tracking_code from shipments s join fulfillments f using (fulfillment_id)
             where f.order_id = o.order_id order by 1) as tracking_codes,
       (select count(*) from shipments s join fulfillments f using (fulfillment_id)
        where f.order_id = o.order_id and s.voided_at is null) as parcels,
       plan.occurred_at as planned_at, plan.facts -> 'cost' as planned_cost
from orders o
join tenders t using (order_id)
left join events plan on plan.aggregate_id = o.order_id and plan.type = 'decision.recorded'
                         and plan.facts ->> 'decision' = 'routing' and plan.facts ? 'chosen'
where o.external_id like $1 order by o.number
"""
_NEWS: Final = """
select e.event_id, o.number, e.type, e.occurred_at, e.reason_code
from events e join orders o on o.order_id = e.aggregate_id
where o.external_id like $1 and e.event_id > $2 order by e.event_id
"""
_ON_HAND: Final = "select node_id, sku, on_hand from stock_balances"
_BALANCES: Final = "select node_id, sku, on_hand, reserved, sold from stock_balances"
_MOVED: Final = """
select node_id, sku, from_bucket, to_bucket, sum(quantity) as quantity from stock_movements group by 1, 2, 3, 4
"""
_PROMISED: Final = """
select f.node_id, l.sku, sum(l.quantity) as quantity
from fulfillments f join fulfillment_lines l using (fulfillment_id) join orders o using (order_id)
where f.handed_over_at is null and o.status not in ('completed', 'canceled', 'failed')
      and not exists (select from stock_movements m where m.key = 'order/' || o.number || ':release')
group by 1, 2
"""
_SOLD: Final = """
select m.node_id, m.sku, sum(m.quantity) as quantity
from stock_movements m join fulfillments f on m.key = 'shipment/' || f.number || ':sell' join orders o using (order_id)
where o.external_id like $1 and m.to_bucket = 'sold' group by 1, 2
"""
_DELIVERED: Final = """
select l.sku, sum(l.quantity) as quantity from order_lines l join orders o using (order_id)
where o.external_id like $1 and o.status = 'completed' group by 1
"""


class OrderRow(Contract):
    """An order of the run with its money, in minor units; `planned_…` come from the receipt of its routing decision."""

    order_id: OrderId
    number: int
    status: OrderStatus
    payment_status: PaymentStatus
    cancel_reason: str | None
    total_minor: int
    handed_over: bool
    authorized_minor: int
    captured_minor: int
    refunded_minor: int
    voided: bool
    held: bool
    consignments: int
    tracking_codes: list[str]
    parcels: int
    planned_at: datetime | None
    planned_cost: PlanCost | None


class News(Contract):
    event_id: int
    number: int
    type: str
    occurred_at: datetime
    reason_code: str | None


class Balance(Contract):
    node_id: NodeId
    sku: Sku
    on_hand: int
    reserved: int
    sold: int


class Moved(Contract):
    """All units that ever went from one bucket to another; those without a `from_bucket` came from outside."""

    node_id: NodeId
    sku: Sku
    from_bucket: Bucket | None
    to_bucket: Bucket
    quantity: int


class StockBooks(Contract):
    """All stock at one moment: `promised` to unfinished orders, and of this run `sold` by the nodes and `delivered`."""

    balances: list[Balance]
    moved: list[Moved]
    promised: dict[tuple[NodeId, Sku], int]
    sold: dict[tuple[NodeId, Sku], int]
    delivered: dict[Sku, int]


async def on_hand(database: Database) -> Units:
    """Every product at every node where it ever was, those that are sold out with 0 units."""
    async with database.connection() as connection:
        rows = await connection.fetch(_ON_HAND)
    return {(row["node_id"], row["sku"]): row["on_hand"] for row in rows}


class Tables:
    """`run` is part of the external ids of the run's orders."""

    def __init__(self, database: Database, run: str) -> None:
        self._database = database
        self._of_run = f"demo-{run}-%"

    async def orders(self) -> list[OrderRow]:
        """By number, which is the order in which they were placed."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_ORDERS, self._of_run)
        return [OrderRow.model_validate(dict(row)) for row in rows]

    async def news(self, after: int) -> list[News]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_NEWS, self._of_run, after)
        return [News.model_validate(dict(row)) for row in rows]

    async def order_to_plan(self, row: OrderRow, now: datetime) -> OrderToPlan:
        step = OrderStep(order_id=row.order_id, number=row.number, policy_version=0, now=now)
        return await PostgresStock(self._database).order_to_plan(step)

    async def stock(self) -> StockBooks:
        """Read in one snapshot: orders of earlier runs may still be moving."""
        async with self._database.snapshot() as connection:
            balances = await connection.fetch(_BALANCES)
            moved = await connection.fetch(_MOVED)
            promised = await connection.fetch(_PROMISED)
            sold = await connection.fetch(_SOLD, self._of_run)
            delivered = await connection.fetch(_DELIVERED, self._of_run)
        return StockBooks(
            balances=[Balance.model_validate(dict(row)) for row in balances],
            moved=[Moved.model_validate(dict(row)) for row in moved],
            promised={(row["node_id"], row["sku"]): row["quantity"] for row in promised},
            sold={(row["node_id"], row["sku"]): row["quantity"] for row in sold},
            delivered={row["sku"]: row["quantity"] for row in delivered},
        )
