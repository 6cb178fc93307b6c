"""Stock: balances that cannot go negative, and append-only movements that tell how each unit got where it is."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import JsonValue

from adapters.postgres import events, order_rows, order_state
from adapters.postgres.backorders import has_come, quota, tell_of_what_it_left, wait_for_stock, wait_no_more
from adapters.postgres.cancel import give_up
from adapters.postgres.database import Connection, Database, require_row
from adapters.postgres.new_id import new_id
from adapters.postgres.order_progress import next_of
from contracts.actors import STEWARD
from contracts.base import Contract
from contracts.events import Event, EventType
from contracts.fulfillment import Consignment
from contracts.ids import AddressRef, FulfillmentId, Sku, consignment_number
from contracts.order import Next, OrderStep
from contracts.order_state import ConsignmentStage
from contracts.planning import LineToPlan, NodeToPlan, OrderToPlan, StockTaken, UnitsOnHand
from contracts.policy import BackorderPolicy
from contracts.routing import RoutingDecision, RoutingProblem, inputs_hash
from contracts.states import FulfillmentStatus, OrderStatus, RequestStatus
from contracts.stock import Bucket, Units
from contracts.waiting import NOTHING
from decisions.cancellation import open_units
from decisions.due import may_be_planned
from decisions.plan import ConsignmentToCreate
from decisions.shortage import LineShortage, given_up, shortage

_ORDER = """
select o.order_id, o.number, o.placed_at, o.short_since, o.ship_available, o.shipping_address_ref as address_ref,
       o.currency, a.latitude, a.longitude, o.time_zone, o.service_level, o.promise_latest
from orders o join addresses a on a.address_ref = o.shipping_address_ref where o.order_id = $1
"""
_LINES = """
select l.line_id, l.sku, p.weight_grams from order_lines l join products p using (sku)
where l.order_id = $1 order by l.position
"""
_ON_HAND = """
select node_id, sku, on_hand as quantity from stock_balances
where on_hand > 0 and sku in (select sku from order_lines where order_id = $1)
      and not exists (select from fulfillments f join fulfillment_lines l using (fulfillment_id)
                      where f.order_id = $1 and f.node_id = stock_balances.node_id and l.sku = stock_balances.sku
                            and not exists (select from stock_movements m
                                            where m.node_id = f.node_id and m.sku = l.sku and m.from_bucket is null
                                                  and m.occurred_at > l.rejected_at)
                            and l.passed_over)
order by node_id, sku
"""
_ALL = """
select node_id, sku, on_hand as quantity from stock_balances
where on_hand > 0 and sku in (select sku from order_lines where order_id = $1)
"""
_NODES = """
select node_id, name, kind, latitude, longitude, ready_in_minutes, handling_minor, pick_minor from nodes
where node_id = any($1) order by node_id
"""
_MOVE = """
update stock_balances set {source} = {source} - $3, {target} = {target} + $3
where node_id = $1 and sku = $2 and {source} >= $3
"""
_MOVEMENT = """
insert into stock_movements (key, node_id, sku, from_bucket, to_bucket, quantity, actor_type, actor_id, reason,
                             occurred_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


class Moving(Contract):
    """One movement of many units: from which bucket to which, under which business key, why."""

    key: str
    from_bucket: Bucket
    to_bucket: Bucket
    reason: str


async def move(connection: Connection, moving: Moving, units: Units, now: datetime) -> None:
    """Move units between buckets, always in the order of node and SKU, so that writers never deadlock.

    Raises StockTaken when a bucket does not hold them; the transaction is then to be given up.
    """
    for (node_id, sku), quantity in sorted(units.items()):
        moved = await connection.execute(_moving(moving), node_id, sku, quantity)
        if moved == "UPDATE 0":
            raise StockTaken(f"{node_id} does not have {quantity} of {sku} {moving.from_bucket}")
        await connection.execute(
            _MOVEMENT,
            moving.key,
            node_id,
            sku,
            moving.from_bucket,
            moving.to_bucket,
            quantity,
            STEWARD.type,
            STEWARD.id,
            moving.reason,
            now,
        )


def _moving(moving: Moving) -> str:
    return _MOVE.format(source=moving.from_bucket, target=moving.to_bucket)  # both are of a closed list


class PostgresStock:
    """The planner's side of stock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def order_to_plan(self, step: OrderStep) -> OrderToPlan:
        async with self._database.snapshot() as connection:
            order = require_row(await connection.fetchrow(_ORDER, step.order_id), f"order {step.order_id}")
            state = await order_state.load(connection, step.order_id)
            units = open_units(state) if may_be_planned(state) else Counter[str]()
            lines = [row for row in await connection.fetch(_LINES, step.order_id) if units[row["line_id"]]]
            stock = await connection.fetch(_ON_HAND, step.order_id)
            left = await quota(connection, order, stock)
            everything = await connection.fetch(_ALL, step.order_id)
            nodes = await connection.fetch(_NODES, list({units.node_id for units in left}))
        return OrderToPlan(
            **dict(order),
            lines=[LineToPlan(**dict(row), quantity=units[row["line_id"]]) for row in lines],
            nodes=[NodeToPlan.model_validate(dict(row)) for row in nodes],
            stock=left,
            on_hand=[UnitsOnHand(**dict(row)) for row in everything],
        )

    async def next(self, step: OrderStep) -> Next:
        async with self._database.snapshot() as connection:
            return await next_of(connection, step.order_id)

    async def reserve(
        self,
        step: OrderStep,
        decision: RoutingDecision,
        planned: list[ConsignmentToCreate],
        address_ref: AddressRef,
    ) -> Next:
        async with self._database.transaction() as connection:
            order = await order_rows.lock(connection, step.order_id)
            state = await order_state.load(connection, step.order_id)
            wanted = sum((Counter(each.units_by_line) for each in planned), Counter[str]())
            rest = open_units(state) - wanted
            is_another = order["shipping_address_ref"] != address_ref or bool(wanted - open_units(state))
            if not may_be_planned(state) or is_another or (rest and not order["ship_available"]):
                raise StockTaken(f"order {step.number} changed while it was planned")
            first = 1 + len(state.consignments)
            created = [
                await _create(connection, step, position, each, address_ref)
                for position, each in enumerate(planned, start=first)
            ]
            await _reserve(connection, step, created)
            await order_rows.enter(connection, step.order_id, OrderStatus.PROCESSING, NOTHING)  # its consignments do
            if not rest:
                await wait_no_more(connection, step)
            await _tell_of_what_came_back(connection, step)
            units = sum(wanted.values())
            await events.append(connection, step.order_id, *_told(step, decision, created, units))
            return await next_of(connection, step.order_id)

    async def record_short(
        self, step: OrderStep, problem: RoutingProblem, seen: Sequence[UnitsOnHand], policy: BackorderPolicy
    ) -> Next:
        async with self._database.transaction() as connection:
            order = await order_rows.lock(connection, step.order_id)
            state = await order_state.load(connection, step.order_id)
            if may_be_planned(state) and not state.waits_for_stock:
                if await has_come(connection, seen, [Sku(line.sku) for each in problem.orders for line in each.lines]):
                    raise StockTaken(f"more came while order {step.number} was planned")
                lines = shortage(problem)
                await events.append(connection, step.order_id, _short(step, problem, lines))
                if policy.patience:
                    await wait_for_stock(connection, step, policy)
                else:
                    await give_up(connection, step, order, state, given_up(state, lines))
                await _tell_of_what_came_back(connection, step)
            return await next_of(connection, step.order_id)


async def _tell_of_what_came_back(connection: Connection, step: OrderStep) -> None:
    """An order that was planned before may have given back more than it took now."""
    state = await order_state.load(connection, step.order_id)
    if state.in_stages(ConsignmentStage.BACK):
        await tell_of_what_it_left(connection, step.order_id, state)


def _short(step: OrderStep, problem: RoutingProblem, lines: list[LineShortage]) -> Event:
    receipt: dict[str, JsonValue] = {
        "decision": "routing",
        "inputs_hash": inputs_hash(problem),
        "outcome": "unfillable",
        "lines": [line.model_dump(mode="json") for line in lines],
    }
    return Event(type=EventType.DECISION_RECORDED, occurred_at=step.now, actor=STEWARD, facts=receipt)


async def _reserve(connection: Connection, step: OrderStep, created: list[Consignment]) -> None:
    """Each consignment's units under its own key, in one order over all of them."""
    for consignment in sorted(created, key=lambda each: each.node_id):
        reserving = Moving(
            key=consignment.key("reserve"), from_bucket="on_hand", to_bucket="reserved", reason="order planned"
        )
        await move(connection, reserving, consignment.units, step.now)


async def _create(
    connection: Connection, step: OrderStep, position: int, planned: ConsignmentToCreate, address_ref: AddressRef
) -> Consignment:
    consignment = Consignment(
        fulfillment_id=FulfillmentId(new_id("ful")),
        order_id=step.order_id,
        number=consignment_number(step.number, position),
        node_id=planned.node_id,
        node_name=planned.node_name,
        carrier=planned.carrier,
        service_id=planned.service_id,
        lines=planned.lines,
    )
    await connection.execute(
        "insert into fulfillments (fulfillment_id, order_id, number, position, node_id, carrier, service_id,"
        " address_ref, packing, status, request, max_grams) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        consignment.fulfillment_id,
        step.order_id,
        consignment.number,
        position,
        planned.node_id,
        planned.carrier,
        planned.service_id,
        address_ref,
        [parcel.model_dump() for parcel in planned.parcels],
        FulfillmentStatus.OPEN,
        RequestStatus.NONE,
        planned.max_grams,
    )
    await connection.executemany(
        "insert into fulfillment_lines (fulfillment_id, line_id, sku, quantity) values ($1, $2, $3, $4)",
        [(consignment.fulfillment_id, line.line_id, line.sku, line.quantity) for line in planned.lines],
    )
    return consignment


def _told(step: OrderStep, decision: RoutingDecision, created: list[Consignment], units: int) -> Iterable[Event]:
    """The decision's receipt, the reservation, and each consignment."""
    receipt: dict[str, JsonValue] = {
        "decision": "routing",
        **decision.model_dump(mode="json", include={"inputs_hash", "status", "lower_bound_minor", "cost", "runner_up"}),
        "chosen": decision.plan.model_dump(mode="json")["orders"][0]["consignments"],
    }
    yield Event(type=EventType.DECISION_RECORDED, occurred_at=step.now, actor=STEWARD, facts=receipt)
    yield Event(type=EventType.INVENTORY_RESERVED, occurred_at=step.now, actor=STEWARD, facts={"units": units})
    for consignment in created:
        yield Event(
            type=EventType.FULFILLMENT_CREATED,
            occurred_at=step.now,
            actor=STEWARD,
            subject=consignment.fulfillment_id,
            facts={"number": consignment.number, "node_id": consignment.node_id, "service_id": consignment.service_id},
        )
