"""An order's money: what is to be captured or given back is planned on its rows first, then done, then recorded."""

from typing import Final

import asyncpg

from adapters.postgres import (
    authorizations,
    bank_refunds,
    events,
    order_rows,
    order_state,
    payment_rows,
    refund_rows,
    refused_moves,
)
from adapters.postgres.database import Connection, Database, require_row
from adapters.postgres.wakeups import owe_signal
from contracts.actors import STEWARD
from contracts.events import Event, EventType
from contracts.ids import OrderId, shipment_workflow_id
from contracts.money import Money
from contracts.order import OrderStep
from contracts.order_state import LineUnits
from contracts.payments import (
    AskedAuthorization,
    Authorization,
    AuthorizationStatus,
    MoneyMove,
    MoveStatus,
    PlannedMove,
    ReplacedAuthorization,
)
from contracts.policy import PaymentPolicy
from contracts.refunds import CancelUnits, CapturePlan, PaidOrder, Refused, ReversalPlan, TenderAction, UnitsOfLine
from contracts.waiting import NOTHING, PAYMENT_PROVIDER
from decisions.disputes import plan_loss
from decisions.due import to_capture
from decisions.payment import is_captured_once
from decisions.refunds import plan_capture, plan_capture_of_the_rest, plan_reversal

_PLAN_MOVE: Final = """
insert into money_moves (order_id, tender_id, kind, key, amount_minor, reason, planned_at, status, round)
select $1, $2, $3, $4, $5, $6, $7, $8, round from tenders where order_id = $1 and tender_id = $2
"""
_PLANNED: Final = """
select m.*, t.kind as tender_kind, a.authorization_ref, o.currency,
       exists (select from money_moves r where r.order_id = m.order_id and r.tender_id = m.tender_id
                                               and r.kind = 'capture' and r.status = 'refused'
                                               and r.resolution is distinct from 'asked_again') as capture_refused,
       (select c.done_at from money_moves c
        where c.order_id = m.order_id and c.tender_id = m.tender_id and c.kind = 'capture'
              and c.provider_ref = m.capture_ref) as captured_at
from due_moves m
left join authorizations a using (order_id, tender_id, round) join tenders t using (order_id, tender_id)
join orders o using (order_id) where m.order_id = $1 order by m.kind = 'refund', m.move_id limit 1
"""
_IS_UNTOUCHED: Final = """
select not exists (select from money_moves m where m.order_id = t.order_id and m.tender_id = t.tender_id
                                                   and m.round = t.round and m.kind = 'capture')
from tenders t where t.order_id = $1 and t.tender_id = $2
"""
_PACKED: Final = """
select number from fulfillments where order_id = $1 and packed_at is not null and handed_over_at is null
                                      and status in ('open', 'in_progress') order by position
"""
_DONE: Final = """
update money_moves set status = 'done', provider_ref = $2, refused_code = null, done_at = $3
where move_id = $1 and status <> 'done' and resolution is null and failed_at is null returning *
"""
# A refund of a capture that the provider took back is one of what was not captured.
_REFUSED: Final = """
update money_moves m set status = 'refused',
       refused_code = case when exists (select from money_moves c where c.order_id = m.order_id and c.kind = 'capture'
                                        and c.provider_ref = m.capture_ref and c.failed_at is not null)
                      then 'not_captured' else $2 end
where move_id = $1 and status = 'planned' returning refused_code
"""
_ENDED: Final = """
update authorizations set status = $4 where order_id = $1 and tender_id = $2 and round = $3
"""
_EVENTS: Final = {
    MoneyMove.CAPTURE: EventType.PAYMENT_CAPTURED,
    MoneyMove.REFUND: EventType.PAYMENT_REFUNDED,
    MoneyMove.VOID: EventType.PAYMENT_VOIDED,
}


class MoneyDisagrees(Exception):
    """The order's units and its money do not fit together: a bug, and nothing is moved."""


async def money_of(connection: Connection, order_id: OrderId) -> PaidOrder:
    """As it is planned; raises LookupError."""
    row = await connection.fetchrow("select money from orders where order_id = $1", order_id)
    return PaidOrder.model_validate(require_row(row, f"order {order_id}")["money"])


def planned_reversal(money: PaidOrder, units: LineUnits, policy: PaymentPolicy) -> ReversalPlan:
    """What a cancel of these units does to the money: the preview is this plan, and so is the cancel."""
    wanted = tuple(UnitsOfLine(line_id=line_id, quantity=quantity) for line_id, quantity in units.items())
    plan = plan_reversal(money, CancelUnits(units=wanted), policy.refund_to)
    if isinstance(plan, Refused):
        raise MoneyDisagrees(f"a cancel of {dict(units)} is refused: {plan.code}")
    return plan


async def plan_moves(connection: Connection, step: OrderStep, plan: CapturePlan | ReversalPlan, reason: str) -> None:
    """Record a plan on the order's locked row: from now on it is what happens to the money."""
    await connection.execute(
        "update orders set money = $2 where order_id = $1", step.order_id, plan.after.model_dump(mode="json")
    )
    first = 1 + await connection.fetchval("select count(*) from money_moves where order_id = $1", step.order_id)
    kinds = set()
    for number, action in enumerate(plan.tenders, start=first):
        kind = await _kind_of(connection, step, plan.after, action)
        # What is released of an authorization is not captured later: nothing has to be done at the provider.
        status = MoveStatus.DONE if kind is MoneyMove.RELEASE else MoveStatus.PLANNED
        key = step.key(f"{kind}:{action.tender_id}:{number}")
        values = (action.tender_id, kind, key, action.amount_minor, reason, step.now, status)
        await connection.execute(_PLAN_MOVE, step.order_id, *values)
        kinds.add(kind)
        if kind is MoneyMove.RELEASE:
            await payment_rows.apply(connection, step, kind, action.tender_id, key, action.amount_minor)
    if kinds <= {MoneyMove.RELEASE}:  # else what is done says what becomes of the status
        await payment_rows.refresh_status(connection, step.order_id)


async def book_lost(connection: Connection, step: OrderStep, capture_ref: str | None) -> None:
    """What a lost dispute of a capture came to, as goodwill, as far as something is held.

    Not what refunds under way may turn out to be: what is refused of them was given by it. Under the order's lock.
    """
    dispute = await bank_refunds.unbooked(connection, step, capture_ref)
    if dispute is None or capture_ref is None:
        return
    lost = dispute["unbooked_minor"] - dispute["under_way"]
    plan = plan_loss(await money_of(connection, step.order_id), dispute["tender_id"], lost)
    if plan is None:
        return
    await plan_moves(connection, step, plan, "dispute_lost")
    planned = await connection.fetchval("select max(move_id) from money_moves where order_id = $1", step.order_id)
    await bank_refunds.give(connection, step, planned, capture_ref, plan.refund_minor)
    await bank_refunds.book(connection, dispute, plan.refund_minor)
    await payment_rows.refresh_status(connection, step.order_id)


async def _kind_of(connection: Connection, step: OrderStep, after: PaidOrder, action: TenderAction) -> MoneyMove:
    """The rest of an authorization that was made anew is voided if nothing was captured of that one."""
    kind = MoneyMove(action.action)
    (tender,) = [tender for tender in after.tenders if tender.tender_id == action.tender_id]
    if kind is not MoneyMove.RELEASE or tender.authorized_minor:
        return kind
    is_untouched = await connection.fetchval(_IS_UNTOUCHED, step.order_id, action.tender_id)
    return MoneyMove.VOID if is_untouched else kind


class PostgresSettlement:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan_captures(self, step: OrderStep, policy: PaymentPolicy) -> None:
        """Plan the capture of what has left and is not paid for, if there is any."""
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            state = await order_state.load(connection, step.order_id)
            if units := to_capture(state):
                money = await money_of(connection, step.order_id)
                plan = _capture(money, units, policy)
                if isinstance(plan, Refused):
                    raise MoneyDisagrees(f"order {step.number}: a capture of {units} is refused: {plan.code}")
                await plan_moves(connection, step, plan, "handed over")

    async def next_move(self, step: OrderStep) -> PlannedMove | None:
        """The oldest, captures first: nothing is given back before it is taken, each knows what those before it did."""
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            row = await connection.fetchrow(_PLANNED, step.order_id)
            if row is None:
                return None
            if await refund_rows.assign(connection, row):
                row = require_row(await connection.fetchrow(_PLANNED, step.order_id), "the refund of a capture")
            await order_rows.wait_if_for_nobody(connection, step.order_id, PAYMENT_PROVIDER)
            return PlannedMove(**dict(row), amount=Money(amount_minor=row["amount_minor"], currency=row["currency"]))

    async def record_move(self, step: OrderStep, move: PlannedMove, provider_ref: str | None) -> None:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            row = await connection.fetchrow(_DONE, move.move_id, provider_ref, step.now)
            if row is None:
                return
            await payment_rows.apply(connection, step, move.kind, move.tender_id, move.key, move.amount.amount_minor)
            if move.kind is MoneyMove.VOID:
                await _ended(connection, step, row, AuthorizationStatus.VOIDED)
            if move.kind is MoneyMove.CAPTURE:
                await refused_moves.plan_refunds_again(connection, step, move.tender_id)
            await refused_moves.forget(connection, step, row)
            await _tell(connection, step, _EVENTS[move.kind], move, reason=row["reason"])
            await book_lost(connection, step, row["capture_ref"])

    async def record_lapsed(self, step: OrderStep, void: PlannedMove) -> None:
        """Done all the same: the provider holds nothing of it any more."""
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            row = await connection.fetchrow(_DONE, void.move_id, None, step.now)
            if row is None:
                return
            await payment_rows.apply(connection, step, void.kind, void.tender_id, void.key, void.amount.amount_minor)
            await _ended(connection, step, row, AuthorizationStatus.LAPSED)
            await _tell(connection, step, EventType.PAYMENT_VOIDED, void, reason=AuthorizationStatus.LAPSED)

    async def record_refused_move(self, step: OrderStep, move: PlannedMove, code: str) -> None:
        """The provider will not do it: that is on record, and a person is asked what is to come of it."""
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            if said := await connection.fetchval(_REFUSED, move.move_id, code):
                await _tell(connection, step, EventType.PAYMENT_FAILED, move, attempted=move.kind, code=said)
                await refused_moves.ask_about(connection, step, move.move_id)

    async def renewals(self, step: OrderStep, policy: PaymentPolicy) -> list[AskedAuthorization]:
        async with self._database.transaction() as connection:
            order = await order_rows.lock(connection, step.order_id)
            if not order["cancel_requested"]:
                await authorizations.renew(connection, order, step.now, policy.renew_before, policy)
            return await authorizations.renewing(connection, step.order_id)

    async def record_renewal(self, step: OrderStep, asked: AskedAuthorization, made: Authorization) -> None:
        async with self._database.transaction() as connection:
            order = await order_rows.lock(connection, step.order_id)
            if asked not in await authorizations.renewing(connection, step.order_id):
                return
            await authorizations.record_renewed(connection, order, asked, made, step.now)
            await _renewed(connection, step, EventType.PAYMENT_AUTHORIZED, asked)

    async def record_declined_renewal(self, step: OrderStep, asked: AskedAuthorization, code: str) -> None:
        """The authorization that there is stays: what cannot be paid for any more is not handed over."""
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            if asked not in await authorizations.renewing(connection, step.order_id):
                return
            await authorizations.record_declined(connection, step.order_id, asked, code)
            await _renewed(connection, step, EventType.PAYMENT_FAILED, asked, attempted="authorize", code=code)

    async def replaced(self, step: OrderStep) -> list[ReplacedAuthorization]:
        async with self._database.connection() as connection:
            return await authorizations.replaced(connection, step.order_id)

    async def record_replaced(self, step: OrderStep, old: ReplacedAuthorization, status: AuthorizationStatus) -> None:
        async with self._database.transaction() as connection:
            await order_rows.lock(connection, step.order_id)
            if old in await authorizations.replaced(connection, step.order_id):
                await authorizations.set_status(connection, step.order_id, old, status)
                await events.append(
                    connection, step.order_id, _event(step, EventType.PAYMENT_VOIDED, old, reason=status)
                )


def _capture(money: PaidOrder, units: LineUnits, policy: PaymentPolicy) -> CapturePlan | Refused:
    if is_captured_once(policy, money.tender_kinds):
        return plan_capture_of_the_rest(money, policy.tender_use)
    wanted = [UnitsOfLine(line_id=line_id, quantity=quantity) for line_id, quantity in units.items()]
    return plan_capture(money, wanted, policy.tender_use)


async def _ended(connection: Connection, step: OrderStep, void: asyncpg.Record, status: AuthorizationStatus) -> None:
    await connection.execute(_ENDED, step.order_id, void["tender_id"], void["round"], status)


async def _tell(connection: Connection, step: OrderStep, type_: EventType, move: PlannedMove, **facts: str) -> None:
    """What happened, and the payment's status after it."""
    await order_rows.enter_if_waiting_for(connection, step.order_id, PAYMENT_PROVIDER, NOTHING)
    await payment_rows.refresh_status(connection, step.order_id)
    await events.append(connection, step.order_id, _event(step, type_, move, **facts))


async def _renewed(
    connection: Connection, step: OrderStep, type_: EventType, asked: AskedAuthorization, **facts: str
) -> None:
    """What became of a renewal; and what is packed may try to leave again."""
    await order_rows.enter_if_waiting_for(connection, step.order_id, PAYMENT_PROVIDER, NOTHING)
    await events.append(connection, step.order_id, _event(step, type_, asked, reason="renewed", **facts))
    for row in await connection.fetch(_PACKED, step.order_id):
        workflow_id = shipment_workflow_id(row["number"])
        await owe_signal(connection, workflow_id=workflow_id, signal="packed", ref=step.order_id)


def _event(step: OrderStep, type_: EventType, about: PlannedMove | AskedAuthorization, **facts: str) -> Event:
    told = {"tender_id": about.tender_id, "amount": about.amount.model_dump(mode="json"), **facts}
    return Event(type=type_, occurred_at=step.now, actor=STEWARD, facts=told)
