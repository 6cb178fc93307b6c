"""What Steward's own tables say of a run, and of the stock: read only, nothing derived in memory elsewhere."""

from datetime import datetime
from typing import Any, Final

from adapters.postgres.database import Database
from adapters.postgres.stock import PostgresStock
from contracts.base import Contract
from contracts.ids import NodeId, OrderId, Sku
from contracts.order import OrderStep
from contracts.order_state import LineUnits
from contracts.planning import LineToPlan, OrderToPlan
from contracts.refunds import PaidOrder
from contracts.routing import PlanCost
from contracts.states import OrderStatus, PaymentStatus
from contracts.stock import Units

_ORDERS: Final = """
select o.order_id, o.number, o.status, o.payment_status, o.cancel_reason, o.total_minor, o.money,
       o.handed_over_at is not null as handed_over,
       paid.authorized_minor, paid.captured_minor, paid.refunded_minor, paid.released_minor, paid.voided,
       array(select jsonb_build_object('key', a.key, 'amount_minor', a.amount_minor, 'status', a.status,
                                       'made', a.authorization_ref is not null)
             from authorizations a join tenders t using (order_id, tender_id)
             where a.order_id = o.order_id and t.kind = 'card' order by a.tender_id, a.round) as authorizations,
       (select coalesce(jsonb_object_agg(e.kind, e.amount), '{}') from (
            select kind, sum(amount_minor) as amount from gift_card_entries where order_id = o.order_id group by kind
        ) e) as gift_card,
       exists (select from approvals a where a.order_id = o.order_id and a.kind = 'risk_review') as held,
       exists (select from open_questions q where q.order_id = o.order_id)
       or exists (select from due_moves m where m.order_id = o.order_id)
       or exists (select from disputes d where d.order_id = o.order_id and d.status = 'open') as in_question,
       settled.*,
       array(select jsonb_build_object('line_id', l.line_id, 'ordered', l.quantity, 'canceled', l.canceled,
                                       'delivered', coalesce(arrived.quantity, 0))
             from order_lines l left join (
                 select line_id, sum(quantity - rejected - lost) as quantity
                 from fulfillment_lines join fulfillments f using (fulfillment_id)
                 where f.order_id = o.order_id and f.status = 'closed' group by line_id
             ) arrived using (line_id)
             where l.order_id = o.order_id order by l.position) as lines,
       (select count(*) from fulfillments f where f.order_id = o.order_id and f.status <> 'canceled') as consignments,
       array(select s.tracking_code from shipments s join fulfillments f using (fulfillment_id)
             where f.order_id = o.order_id order by 1) as tracking_codes,
       array(select s.tracking_code from shipments s join fulfillments f using (fulfillment_id)
             where f.order_id = o.order_id and f.status = 'closed' and s.voided_at is null and s.settled_at is null
             order by 1) as delivered_codes,
       (select count(*) from shipments s join fulfillments f using (fulfillment_id)
        where f.order_id = o.order_id and s.voided_at is null) as parcels,
       array(select distinct e.type from events e where e.aggregate_id = o.order_id order by 1) as told,
       exists (select from events e where e.aggregate_id = o.order_id and e.type = 'order.updated'
                                          and e.facts ?| array['fewer', 'to_add']) as edited,
       plans.count as plans, plans.first ->> 'at' as planned_at, plans.first -> 'cost' as planned_cost
from orders o
cross join lateral (
    select coalesce(sum(authorized_minor), 0)::bigint as authorized_minor,
           coalesce(sum(captured_minor), 0)::bigint as captured_minor,
           coalesce(sum(refunded_minor), 0)::bigint as refunded_minor,
           coalesce(sum(released_minor), 0)::bigint as released_minor,
           coalesce(bool_or(voided_at is not null), false) as voided
    from tenders t where t.order_id = o.order_id and t.kind = 'card'
) paid
cross join lateral (
    select coalesce(sum(amount_minor) filter (where kind = 'capture' and resolution = 'given_up'), 0)::bigint
               as given_up_minor,
           coalesce(sum(amount_minor) filter (where kind = 'refund' and resolution = 'given_up'), 0)::bigint
               as not_given_minor,
           coalesce(sum(amount_minor) filter (where resolution = 'by_hand'), 0)::bigint as by_hand_minor,
           coalesce(sum(amount_minor) filter (where reason = 'dispute_lost'), 0)::bigint as goodwill_minor,
           count(*) filter (where failed_at is not null) as late_failures,
           count(*) filter (where kind = 'capture' and refused_code is not null and failed_at is null)
               as refused_captures
    from money_moves m where m.order_id = o.order_id
) settled
cross join lateral (
    select count(*) as count,
           (array_agg(jsonb_build_object('at', occurred_at, 'cost', facts -> 'cost') order by sequence))[1] as first
    from events where aggregate_id = o.order_id and type = 'decision.recorded' and facts ->> 'decision' = 'routing'
                      and facts ? 'chosen'
) plans
where o.external_id like $1 order by o.number
"""
_HELD: Final = """
select o.order_id from orders o join order_holds h using (order_id)
where o.external_id like $1 and h.released_at is null and o.status not in ('completed', 'canceled', 'failed')
group by o.order_id order by min(h.placed_at)
"""
_NEWS: Final = """
select e.event_id, o.number, e.type, e.occurred_at, e.reason_code
from events e join orders o on o.order_id = e.aggregate_id
where o.external_id like $1 and e.event_id > $2 order by e.event_id
"""
_ON_HAND: Final = "select node_id, sku, on_hand from stock_balances"
_BALANCES: Final = "select * from stock_balances"
_MOVED: Final = """
select node_id, sku, from_bucket, to_bucket, sum(quantity) as quantity from stock_movements group by 1, 2, 3, 4
"""
_PROMISED: Final = """
select f.node_id, l.sku, sum(l.quantity - l.rejected) as quantity
from fulfillments f join fulfillment_lines l using (fulfillment_id)
where f.handed_over_at is null and f.status in ('open', 'in_progress') and l.quantity > l.rejected
group by 1, 2
"""
_SOLD: Final = """
select m.node_id, m.sku, sum(case m.to_bucket when 'sold' then m.quantity else -m.quantity end) as quantity
from stock_movements m
join fulfillments f on m.key = 'shipment/' || f.number || ':sell'
                       or (m.key like 'shipment/' || f.number || ':reject:%' and m.from_bucket = 'sold')
join orders o using (order_id) where o.external_id like $1 group by 1, 2
"""
_ARRIVED: Final = """
select l.sku, sum(l.quantity - l.rejected - l.lost) as quantity
from fulfillment_lines l join fulfillments f using (fulfillment_id) join orders o using (order_id)
where o.external_id like $1 and f.status = 'closed' group by 1 having sum(l.quantity - l.rejected - l.lost) > 0
"""
_LOST: Final = """
select l.sku, sum(l.lost) as quantity
from fulfillment_lines l join fulfillments f using (fulfillment_id) join orders o using (order_id)
where o.external_id like $1 and l.lost > 0 group by 1
"""
_FIRST_PLANNED: Final = """
select l.line_id, l.sku, p.weight_grams, sum((part ->> 'quantity')::integer)::integer as quantity
from (select facts from events
      where aggregate_id = $1 and type = 'decision.recorded' and facts ->> 'decision' = 'routing' and facts ? 'chosen'
      order by sequence limit 1) receipt,
     jsonb_array_elements(receipt.facts -> 'chosen') consignment, jsonb_array_elements(consignment -> 'lines') part
join order_lines l on l.order_id = $1 and l.line_id = part ->> 'line_id' join products p using (sku)
group by l.line_id, l.sku, p.weight_grams, l.position order by l.position
"""


class LineRow(Contract):
    """A line's units: ordered, canceled for good, and in consignments that were delivered."""

    line_id: str
    ordered: int
    canceled: int
    delivered: int


class AuthorizationRow(Contract):
    """One round in which a card was asked for money; `made` if it is on record that the provider set it aside."""

    key: str
    amount_minor: int
    status: str
    made: bool


class OrderRow(Contract):
    """An order of the run with its money, in minor units: `…_minor` and `voided` are of its cards.

    `tracking_codes` are of all its parcels, `delivered_codes` of those in consignments that were delivered.
    `gift_card` is what the entries of its gift card come to, by kind; `told` are the types of its events; `edited`: its
    customer changed quantities or lines; `planned_…` come from the receipt of its first routing decision.
    `in_question`: a person or the provider is to say something about it. `given_up_minor` was to be captured and is not
    charged, `not_given_minor` was to be refunded of that, `by_hand_minor` was refunded by other means,
    `goodwill_minor` was lost in disputes of what was delivered.
    """

    order_id: OrderId
    number: int
    status: OrderStatus
    payment_status: PaymentStatus
    cancel_reason: str | None
    total_minor: int
    money: PaidOrder
    handed_over: bool
    authorized_minor: int
    captured_minor: int
    refunded_minor: int
    released_minor: int
    voided: bool
    authorizations: list[AuthorizationRow]
    gift_card: dict[str, int]
    held: bool
    in_question: bool = False
    given_up_minor: int = 0
    not_given_minor: int = 0
    by_hand_minor: int = 0
    goodwill_minor: int = 0
    late_failures: int = 0
    refused_captures: int = 0
    lines: list[LineRow]
    consignments: int
    tracking_codes: list[str]
    delivered_codes: list[str]
    parcels: int
    told: frozenset[str]
    edited: bool
    plans: int
    planned_at: datetime | None
    planned_cost: PlanCost | None

    @property
    def delivered(self) -> LineUnits:
        return {line.line_id: line.delivered for line in self.lines if line.delivered}


class News(Contract):
    event_id: int
    number: int
    type: str
    occurred_at: datetime
    reason_code: str | None


class Balance(Contract):
    """All units of a product at a node, by bucket: whichever buckets there are."""

    node_id: NodeId
    sku: Sku
    buckets: dict[str, int]


class Moved(Contract):
    """All units that ever went from one bucket to another; those without a `from_bucket` came from outside."""

    node_id: NodeId
    sku: Sku
    from_bucket: str | None
    to_bucket: str
    quantity: int


class StockBooks(Contract):
    """All stock at one moment: `promised` to unfinished orders; of this run `sold` by the nodes, then `delivered` or
    `failed` on the way.
    """

    balances: list[Balance]
    moved: list[Moved]
    promised: dict[tuple[NodeId, Sku], int]
    sold: dict[tuple[NodeId, Sku], int]
    delivered: dict[Sku, int]
    failed: dict[Sku, int]


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

    async def held(self) -> list[OrderId]:
        """Orders that somebody has to look at, the longest held first."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_HELD, self._of_run)
        return [OrderId(row["order_id"]) for row in rows]

    async def news(self, after: int) -> list[News]:
        async with self._database.connection() as connection:
            rows = await connection.fetch(_NEWS, self._of_run, after)
        return [News.model_validate(dict(row)) for row in rows]

    async def order_to_plan(self, row: OrderRow, now: datetime) -> OrderToPlan:
        """As its first plan saw it: with the units that it planned."""
        step = OrderStep(order_id=row.order_id, number=row.number, policy_version=0, now=now)
        to_plan = await PostgresStock(self._database).order_to_plan(step)
        async with self._database.connection() as connection:
            planned = await connection.fetch(_FIRST_PLANNED, row.order_id)
        return to_plan.model_copy(update={"lines": [LineToPlan.model_validate(dict(line)) for line in planned]})

    async def stock(self) -> StockBooks:
        """Read in one snapshot: orders of earlier runs may still be moving."""
        async with self._database.snapshot() as connection:
            balances = await connection.fetch(_BALANCES)
            moved = await connection.fetch(_MOVED)
            promised = await connection.fetch(_PROMISED)
            sold = await connection.fetch(_SOLD, self._of_run)
            delivered = await connection.fetch(_ARRIVED, self._of_run)
            failed = await connection.fetch(_LOST, self._of_run)
        return StockBooks(
            balances=[_balance(dict(row)) for row in balances],
            moved=[Moved.model_validate(dict(row)) for row in moved],
            promised={(row["node_id"], row["sku"]): row["quantity"] for row in promised},
            sold={(row["node_id"], row["sku"]): row["quantity"] for row in sold},
            delivered={row["sku"]: row["quantity"] for row in delivered},
            failed={row["sku"]: row["quantity"] for row in failed},
        )


def _balance(row: dict[str, Any]) -> Balance:
    return Balance(node_id=row.pop("node_id"), sku=row.pop("sku"), buckets=row)
