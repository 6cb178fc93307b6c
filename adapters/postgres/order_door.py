"""An order's door: placed, canceled and shown, each in one transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

import asyncpg

from adapters.postgres import additions, events, order_rows, order_state
from adapters.postgres.cancel import request_cancel
from adapters.postgres.command_rules import lock_for, no_such_order, refuse_if_stale
from adapters.postgres.database import Connection, Database
from adapters.postgres.door import once_per_key
from adapters.postgres.new_id import new_id
from adapters.postgres.notes import store_note
from adapters.postgres.order_views import view
from adapters.postgres.placing import Placing, insert_order
from adapters.postgres.policies import policy_of
from adapters.postgres.settlement import planned_reversal
from adapters.postgres.wakeups import owe_start
from contracts.checkout import Address, CancelOrder, PlaceOrder
from contracts.clock import BusinessClock
from contracts.commands import CancelPreview
from contracts.door import Answer, Knock
from contracts.events import Event, EventType
from contracts.ids import OrderId, order_workflow_id
from contracts.money import Money
from contracts.order import OrderStart
from contracts.order_state import LineUnits, OrderState
from contracts.order_view import OrderView
from contracts.places import Coordinates
from contracts.policy import PaymentPolicy, Policy
from contracts.problems import Problem, Refused
from contracts.refunds import PaidOrder
from contracts.states import OrderStatus
from decisions.cancellation import allowed_actions, cancelable, with_cancel_requested
from decisions.intake import problems
from decisions.refunds import paid_order
from decisions.totals import purchase, totals


class Clock(Protocol):
    async def read(self) -> BusinessClock: ...


class Places(Protocol):
    async def locate(self, address: Address) -> Coordinates | None:
        """Where an address is; None for a place nobody knows."""
        ...


class Policies(Protocol):
    async def newest(self) -> tuple[int, Policy]: ...


class PostgresOrderDoor:
    def __init__(self, database: Database, *, clock: Clock, places: Places, policies: Policies) -> None:
        self._database = database
        self._clock = clock
        self._places = places
        self._policies = policies

    async def place(self, knock: Knock, order: PlaceOrder) -> Answer:
        """Place the order, or answer what an equal one got; raises Refused and leaves nothing."""
        clock = await self._clock.read()
        version, policy = await self._policies.newest()
        destination = await self._places.locate(order.shipping_address)

        async def act(connection: Connection) -> Answer:
            if existing := await _placed_before(connection, knock, order):
                await order_rows.lock(connection, existing)  # what is shown of it is one moment
                return await shown(connection, existing, status=200)
            now = clock.at(datetime.now(UTC))
            skus = [line.sku for line in order.lines]
            found = problems(order, known_skus=await known(connection, skus), currency=policy.currency, now=now)
            if destination is None:
                found.append(nowhere())
            if destination is None or found:
                raise Refused(422, "invalid_order", "the order cannot be placed as it is", errors=found)
            placing = Placing(
                order_id=OrderId(new_id("ord")),
                number=await connection.fetchval("select nextval('order_numbers')"),
                body_sha256=knock.body_sha256,
                policy_version=version,
                totals=totals(order),
                money=_money(order),
                destination=destination,
                now=now,
            )
            return await _place(connection, knock, order, placing, clock)

        try:
            return await once_per_key(self._database, knock, act)
        except asyncpg.UniqueViolationError:
            # An equal external_id was committed by another key a moment ago: now it can be seen.
            return await once_per_key(self._database, knock, act)

    async def cancel(self, knock: Knock, order_id: OrderId, command: CancelOrder) -> Answer:
        """Accept the cancel under the lock that hand-over takes too; raises Refused."""
        clock = await self._clock.read()

        async def act(connection: Connection) -> Answer:
            order, state = await lock_for(connection, order_id, command.version)
            units = _units_to_cancel(order, state, command)
            now = clock.at(datetime.now(UTC))
            note_ref = None if command.note is None else await store_note(connection, command.note)
            if command.lines is None:  # all of it, also what is not a part of the order yet
                await additions.withdraw(connection, order_id, now)
            wakeups = await request_cancel(
                connection,
                order,
                state,
                units,
                actor=knock.principal.actor,
                source="rest",
                reason_code=command.reason_code,
                note_ref=note_ref,
                now=now,
            )
            answer = await shown(connection, order_id, status=200)
            return answer.model_copy(update={"wakeups": wakeups})

        return await once_per_key(self._database, knock, act)

    async def preview_cancel(self, order_id: OrderId, command: CancelOrder) -> CancelPreview:
        """What the cancel would do now, by the plan that it would follow; raises Refused as the cancel does."""
        async with self._database.snapshot() as connection:
            order = await connection.fetchrow("select * from orders where order_id = $1", order_id)
            if order is None:
                raise no_such_order()
            state = await order_state.load(connection, order_id)
            refuse_if_stale(order, state, command.version)
            units = _units_to_cancel(order, state, command)
            policy = await policy_of(connection, order["policy_version"])
        after = with_cancel_requested(state, units)
        plan = planned_reversal(once_canceled(order, state, policy.payment), units, policy.payment)
        return CancelPreview(
            units=dict(units),
            recalled=newly_recalled(state, after),
            refund=Money(amount_minor=plan.refund_minor, currency=order["currency"]),
            released=Money(amount_minor=plan.released_minor, currency=order["currency"]),
            tenders=list(plan.tenders),
        )

    async def show(self, order_id: OrderId) -> OrderView:
        """The order as it is; raises Refused if there is none by this id."""
        async with self._database.snapshot() as connection:
            order = await view(connection, order_id)
        if order is None:
            raise no_such_order()
        return order


async def _placed_before(connection: Connection, knock: Knock, order: PlaceOrder) -> OrderId | None:
    row = await connection.fetchrow(
        "select order_id, body_sha256 from orders where channel = $1 and external_id = $2",
        order.channel,
        order.external_id,
    )
    if row is None:
        return None
    if row["body_sha256"] != knock.body_sha256:
        raise Refused(
            409,
            "external_id_taken",
            f"{order.channel} placed another order as {order.external_id}",
            order_id=row["order_id"],
        )
    return OrderId(row["order_id"])


async def known(connection: Connection, skus: Sequence[str]) -> frozenset[str]:
    """Those of them that are products of this shop."""
    return frozenset(row["sku"] for row in await connection.fetch("select sku from products where sku = any($1)", skus))


async def _place(
    connection: Connection, knock: Knock, order: PlaceOrder, placing: Placing, clock: BusinessClock
) -> Answer:
    await insert_order(connection, order, placing)
    placed = Event(type=EventType.ORDER_PLACED, occurred_at=placing.now, actor=knock.principal.actor, source="rest")
    await events.append(connection, placing.order_id, placed)
    start = OrderStart(
        order_id=placing.order_id, number=placing.number, policy_version=placing.policy_version, clock=clock
    )
    units = sum(line.quantity for line in order.lines)
    total = Money(amount_minor=placing.totals.total_minor, currency=order.currency)
    wakeup = await owe_start(
        connection,
        workflow_id=order_workflow_id(placing.number),
        workflow="order",
        task_queue="order",
        payload=start.model_dump(mode="json"),
        summary=f"Order {placing.number}: {units} units, {total}",
    )
    answer = await shown(connection, placing.order_id, status=201)
    return answer.model_copy(update={"wakeups": [wakeup]})


async def shown(connection: Connection, order_id: OrderId, *, status: int) -> Answer:
    order = await view(connection, order_id)
    if order is None:
        raise LookupError(f"order {order_id} vanished in its own transaction")
    return Answer(status=status, body=order.model_dump(mode="json"), headers={"Location": f"/v1/orders/{order_id}"})


def _money(order: PlaceOrder) -> PaidOrder:
    money = paid_order(purchase(order))
    if not isinstance(money, PaidOrder):
        raise ValueError(f"the intake let an order pass that does not add up: {money.code}")  # noqa: TRY004 - not about types
    return money


def nowhere() -> Problem:
    return Problem(
        pointer="/shipping_address",
        code="unknown_place",
        detail="neither postal code nor city is known: give latitude and longitude",
    )


def _units_to_cancel(order: asyncpg.Record, state: OrderState, command: CancelOrder) -> LineUnits:
    """All that has not left, or the units that were asked for; raises Refused for more, or for nothing."""
    units = {} if OrderStatus(order["status"]).is_final else cancelable(state)
    wanted = {line.line_id: line.quantity for line in command.lines or []}
    if not units or any(quantity > units.get(line_id, 0) for line_id, quantity in wanted.items()):
        raise too_late(order, state, units)
    return wanted or units


def once_canceled(order: asyncpg.Record, state: OrderState, policy: PaymentPolicy) -> PaidOrder:
    """The order's money once the units are canceled that are asked for already: their cancels come first."""
    money = PaidOrder.model_validate(order["money"])
    pending = {line.line_id: line.cancel_requested for line in state.lines if line.cancel_requested}
    return planned_reversal(money, pending, policy).after if pending else money


def too_late(order: asyncpg.Record, state: OrderState, units: LineUnits) -> Refused:
    why = "no more than the units under `cancelable` can be" if units else _why_nothing(order)
    return Refused(
        409,
        "invalid_transition",
        f"order {order['number']} cannot be canceled like that: {why}",
        cancelable=dict(units),
        allowed_actions=allowed_actions(OrderStatus(order["status"]), state),
    )


def _why_nothing(order: asyncpg.Record) -> str:
    is_over = OrderStatus(order["status"]).is_final or order["cancel_requested"]
    return f"it is {order['status']}" if is_over else "all of it was handed over"


def newly_recalled(before: OrderState, after: OrderState) -> list[str]:
    """The numbers of the consignments that a decision asks back."""
    pairs = zip(before.consignments, after.consignments, strict=True)
    return [new.number for old, new in pairs if new.recall is not old.recall]
