"""The door for edits: another address, fewer units by the cancel's own way, more units once they are paid for."""

from datetime import UTC, datetime
from itertools import count
from typing import Final, Protocol

import asyncpg
from pydantic import JsonValue

from adapters.postgres import additions, events, order_state
from adapters.postgres.backorders import look_again
from adapters.postgres.cancel import request_cancel
from adapters.postgres.command_rules import lock_for, no_such_order, not_now, refuse_if_stale, refuse_unless_allowed
from adapters.postgres.database import Connection, Database
from adapters.postgres.door import once_per_key
from adapters.postgres.holds import release_ours
from adapters.postgres.order_door import known, newly_recalled, nowhere, once_canceled, shown, too_late
from adapters.postgres.placing import move_to
from adapters.postgres.policies import policy_of
from adapters.postgres.reroutes import review_again
from adapters.postgres.settlement import planned_reversal
from adapters.postgres.wakeups import owe_signal
from contracts.additions import Addition, AdditionStatus, OrderedLine, tender_of
from contracts.base import Contract
from contracts.checkout import Address
from contracts.clock import BusinessClock
from contracts.commands import EditOrder, EditPreview
from contracts.door import Answer, Knock
from contracts.events import Event, EventType
from contracts.ids import AddressRef, OrderId, order_workflow_id, shipment_workflow_id
from contracts.money import Money
from contracts.order_state import OrderState
from contracts.places import Coordinates
from contracts.problems import Problem, Refused
from contracts.reasons import HoldReason
from contracts.refunds import PaidOrder
from contracts.wakeups import Wakeup
from decisions.addition import MAY_BE_ADDED_TO, addition_of, edit_problems, fewer_units, new_lines, too_much
from decisions.cancellation import cancelable, ends_the_order, with_all_recalled, with_cancel_requested

_LINES: Final = """
select line_id, sku, quantity - canceled - cancel_requested as wanted, unit_price_minor, tax_rate
from order_lines where order_id = $1 order by position
"""
_TENDERS: Final = "select tender_id from tenders where order_id = $1"
_CARD: Final = """
select t.payment_method from tenders t join orders o using (order_id)
cross join lateral jsonb_array_elements(o.money -> 'tenders') with ordinality as paid (tender, position)
where t.order_id = $1 and t.kind = 'card' and t.tender_id = paid.tender ->> 'tender_id' order by paid.position limit 1
"""


_GOES_ELSEWHERE: Final = """
select (n.country, n.region) is distinct from (o.country, o.region)
from addresses n, addresses o where n.address_ref = $1 and o.address_ref = $2
"""


class Clock(Protocol):
    async def read(self) -> BusinessClock: ...


class Places(Protocol):
    async def locate(self, address: Address) -> Coordinates | None:
        """Where an address is; None for a place nobody knows."""
        ...


class _Decided(Contract):
    """What an edit comes to: units that are to be less, and what is to be more with the card that pays for it."""

    fewer: dict[str, int]
    addition: Addition | None
    payment_method: str


class PostgresEditDoor:
    """Decided as a whole on the order's locked row: all of an edit is taken, or nothing. Raises Refused."""

    def __init__(self, database: Database, *, clock: Clock, places: Places) -> None:
        self._database = database
        self._clock = clock
        self._places = places

    async def edit(self, knock: Knock, order_id: OrderId, edit: EditOrder) -> Answer:
        """What is at a node and goes elsewhere is asked back and planned anew; what is added comes when it is paid."""
        place = await self._place_of(edit)
        clock = await self._clock.read()

        async def act(connection: Connection) -> Answer:
            order, state = await lock_for(connection, order_id, edit.version)
            decided = await _decide(connection, order, state, edit)
            wakeups = await _carry_out(connection, knock, order, edit, decided, place, clock.at(datetime.now(UTC)))
            answer = await shown(connection, order_id, status=200)
            return answer.model_copy(update={"wakeups": wakeups})

        return await once_per_key(self._database, knock, act)

    async def preview(self, order_id: OrderId, edit: EditOrder) -> EditPreview:
        """What the edit would do now, by the plans that it would follow; raises Refused as the edit does."""
        await self._place_of(edit)
        async with self._database.snapshot() as connection:
            order = await connection.fetchrow("select * from orders where order_id = $1", order_id)
            if order is None:
                raise no_such_order()
            state = await order_state.load(connection, order_id)
            refuse_if_stale(order, state, edit.version)
            decided = await _decide(connection, order, state, edit)
            policy = await policy_of(connection, order["policy_version"])
        after = with_cancel_requested(_elsewhere(state, edit), decided.fewer)
        money = once_canceled(order, state, policy.payment)
        plan = planned_reversal(money, decided.fewer, policy.payment) if decided.fewer else None
        added = decided.addition

        def amount(minor: int) -> Money:
            return Money(amount_minor=minor, currency=order["currency"])

        return EditPreview(
            units=decided.fewer,
            recalled=newly_recalled(state, after),
            refund=amount(plan.refund_minor if plan else 0),
            released=amount(plan.released_minor if plan else 0),
            to_authorize=amount(added.amount_minor if added else 0),
            tenders=list(plan.tenders) if plan else [],
        )

    async def _place_of(self, edit: EditOrder) -> Coordinates | None:
        if edit.shipping_address is None:
            return None
        place = await self._places.locate(edit.shipping_address)
        if place is None:
            raise Refused(422, "invalid_request", "the address is not known", errors=[nowhere()])
        return place


async def _decide(connection: Connection, order: asyncpg.Record, state: OrderState, edit: EditOrder) -> _Decided:
    refuse_unless_allowed(order, state, "edit")
    lines = [OrderedLine.model_validate(dict(row)) for row in await connection.fetch(_LINES, order["order_id"])]
    earlier = await additions.all_of(connection, order["order_id"])
    coming = [addition for addition, status in earlier if status is AdditionStatus.ASKED]
    taken = {line.line_id for line in lines} | {line_id for addition in coming for line_id in addition.units}
    skus = await known(connection, [line.sku for line in edit.add or []])
    _refuse_for(list(edit_problems(edit, lines, taken=taken, known_skus=skus, currency=order["currency"])))
    fewer = fewer_units(lines, edit)
    if any(quantity > cancelable(state).get(line_id, 0) for line_id, quantity in fewer.items()):
        raise too_late(order, state, cancelable(state))
    number = await _next_number(connection, order, earlier)
    new = new_lines(lines, edit, number=number, taken=taken)
    if not new:
        return _Decided(fewer=dict(fewer), addition=None, payment_method="")
    if order["payment_status"] not in MAY_BE_ADDED_TO:
        raise not_now(order, state, "something can be added only once the order is paid for")
    if ends_the_order(with_cancel_requested(state, fewer)):
        raise not_now(order, state, "nothing would be left to add to: cancel the order, and place another one")
    money = PaidOrder.model_validate(order["money"])
    addition = addition_of(new, number=number, currency=money.currency, tax_mode=money.tax_mode)
    total_minor = order["total_minor"] + sum(each.amount_minor for each in coming)
    _refuse_for(list(too_much(addition, lines=len(taken), total_minor=total_minor)))
    method = edit.payment_method or await connection.fetchval(_CARD, order["order_id"])
    if method is None:
        _refuse_for([_no_card()])
    return _Decided(fewer=dict(fewer), addition=addition, payment_method=method)


async def _next_number(
    connection: Connection, order: asyncpg.Record, earlier: list[tuple[Addition, AdditionStatus]]
) -> int:
    """The next whose tender has a name that no other tender of the order has: those of its checkout are the shop's."""
    named = {row["tender_id"] for row in await connection.fetch(_TENDERS, order["order_id"])}
    last = max((addition.number for addition, _ in earlier), default=0)
    return next(number for number in count(last + 1) if tender_of(number) not in named)


async def _carry_out(
    connection: Connection,
    knock: Knock,
    order: asyncpg.Record,
    edit: EditOrder,
    decided: _Decided,
    place: Coordinates | None,
    now: datetime,
) -> list[Wakeup]:
    order_id, address_ref, freed = order["order_id"], None, list[Wakeup]()
    if edit.shipping_address is not None and place is not None:
        address_ref = await move_to(connection, order, edit.shipping_address, place)
        state = await order_state.load(connection, order_id)
        freed = await release_ours(connection, order_id, state, HoldReason.INCORRECT_ADDRESS, now)
        if await connection.fetchval(_GOES_ELSEWHERE, address_ref, order["shipping_address_ref"]):
            await review_again(connection, order, now)
    facts = _facts(order, decided, address_ref)
    if not facts:
        return []  # it is as wanted already
    edited = Event(
        type=EventType.ORDER_UPDATED, occurred_at=now, actor=knock.principal.actor, source="rest", facts=facts
    )
    await events.append(connection, order_id, edited)
    wakeups = [*freed, *await _send_elsewhere(connection, order_id)] if address_ref else []
    if decided.addition is not None:
        await additions.record(connection, order, decided.addition, decided.payment_method, now)
    if decided.fewer:
        wakeups += await request_cancel(
            connection,
            order,
            await order_state.load(connection, order_id),
            decided.fewer,
            actor=knock.principal.actor,
            source="rest",
            reason_code="customer",
            now=now,
        )
    workflow_id = order_workflow_id(order["number"])
    return [await owe_signal(connection, workflow_id=workflow_id, signal="commanded", ref=order_id), *wakeups]


def _elsewhere(state: OrderState, edit: EditOrder) -> OrderState:
    return state if edit.shipping_address is None else with_all_recalled(state)


async def _send_elsewhere(connection: Connection, order_id: OrderId) -> list[Wakeup]:
    state = await order_state.load(connection, order_id)
    recalled = await order_state.save(connection, order_id, state, with_all_recalled(state))
    await look_again(connection, order_id)
    return [
        await owe_signal(connection, workflow_id=shipment_workflow_id(number), signal="recall", ref=order_id)
        for number in recalled
    ]


def _facts(order: asyncpg.Record, decided: _Decided, address_ref: AddressRef | None) -> dict[str, JsonValue]:
    facts: dict[str, JsonValue] = {}
    if address_ref is not None:
        facts["shipping_address_ref"] = address_ref
    if decided.fewer:
        facts["fewer"] = dict(decided.fewer)
    if decided.addition is not None:
        amount = Money(amount_minor=decided.addition.amount_minor, currency=order["currency"])
        facts["to_add"] = [
            {"line_id": line.line_id, "sku": line.sku, "quantity": line.quantity} for line in decided.addition.lines
        ]
        facts["tender_id"] = decided.addition.tender_id
        facts["to_authorize"] = amount.model_dump(mode="json")
    return facts


def _no_card() -> Problem:
    detail = "the order was not paid with a card: name the payment method for what is added"
    return Problem(pointer="/payment_method", code="payment_method_required", detail=detail)


def _refuse_for(found: list[Problem]) -> None:
    if found:
        raise Refused(422, "invalid_request", "the order cannot be edited like that", errors=found)
