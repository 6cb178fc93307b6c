"""The door for what else may be asked of an order under way: to choose while something is missing; hold; release."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, Protocol

import asyncpg

from adapters.postgres import events
from adapters.postgres.backorders import look_again
from adapters.postgres.cancel import request_cancel
from adapters.postgres.command_rules import lock_for, not_now, refuse_unless_allowed
from adapters.postgres.database import Connection, Database
from adapters.postgres.door import once_per_key
from adapters.postgres.holds import place_hold, wake_what_is_packed
from adapters.postgres.notes import store_note
from adapters.postgres.order_door import shown
from adapters.postgres.policies import policy_of
from adapters.postgres.wakeups import owe_signal
from contracts.actors import STEWARD
from contracts.clock import BusinessClock
from contracts.commands import ChooseBackorder, HoldOrder, ReleaseOrder
from contracts.door import Answer, Knock
from contracts.events import Event, EventType
from contracts.ids import OrderId, order_workflow_id
from contracts.order_state import OrderState
from contracts.wakeups import Wakeup
from decisions.cancellation import not_asked_for

_WAIT_LONGER: Final = "update orders set short_until = $2, waiting_until = $2 where order_id = $1"
_SHIP_AVAILABLE: Final = "update orders set ship_available = true, waits_for_stock = false where order_id = $1"
_IS_HELD: Final = "select exists (select from order_holds where order_id = $1 and released_at is null)"
_RELEASE: Final = """
update order_holds set released_at = $3
where order_id = $1 and released_at is null and ($2::text is null or hold_id = $2)
      and not (reason = 'high_risk_of_fraud' and owner_id = $4)  -- that is for a person with the role to decide
returning *
"""

Act = Callable[[Connection, asyncpg.Record, OrderState, datetime], Awaitable[list[Wakeup]]]


class Clock(Protocol):
    async def read(self) -> BusinessClock: ...


class PostgresCommandDoor:
    """Every command: on the order's locked row, refused where `allowed_actions` does not name it. Raises Refused."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def choose(self, knock: Knock, order_id: OrderId, command: ChooseBackorder) -> Answer:
        async def act(connection: Connection, order: asyncpg.Record, state: OrderState, now: datetime) -> list[Wakeup]:
            chosen = _event(EventType.ORDER_UPDATED, knock, now, facts={"choice": command.choice})
            await events.append(connection, order_id, chosen)
            match command.choice:
                case "cancel":
                    return await request_cancel(
                        connection,
                        order,
                        state,
                        not_asked_for(state),
                        actor=knock.principal.actor,
                        source="rest",
                        reason_code="customer",
                        now=now,
                    )
                case "wait":
                    policy = await policy_of(connection, order["policy_version"])
                    await connection.execute(_WAIT_LONGER, order_id, now + policy.backorder.chosen)
                case "ship_available":
                    await connection.execute(_SHIP_AVAILABLE, order_id)
            return [await _look(connection, order)]

        return await self._command(knock, order_id, "choose", command.version, act)

    async def hold(self, knock: Knock, order_id: OrderId, command: HoldOrder) -> Answer:
        async def act(connection: Connection, order: asyncpg.Record, _: OrderState, now: datetime) -> list[Wakeup]:
            note_ref = None if command.note is None else await store_note(connection, command.note)
            await place_hold(
                connection,
                order_id,
                command.reason_code,
                owner=knock.principal.actor,
                source="rest",
                now=now,
                due_at=command.due_at,
                note_ref=note_ref,
            )
            return [await _look(connection, order)]

        return await self._command(knock, order_id, "hold", command.version, act)

    async def release(self, knock: Knock, order_id: OrderId, command: ReleaseOrder) -> Answer:
        """Release what is held, and let what waited for it go on."""

        async def act(connection: Connection, order: asyncpg.Record, state: OrderState, now: datetime) -> list[Wakeup]:
            released = await connection.fetch(_RELEASE, order_id, command.hold_id, now, STEWARD.id)
            if not released:
                raise not_now(order, state, "there is no open hold by this id, or it is a question to be decided")
            told = [
                _event(EventType.ORDER_HOLD_RELEASED, knock, now, subject=row["hold_id"], reason_code=row["reason"])
                for row in released
            ]
            await events.append(connection, order_id, *told)
            if not await connection.fetchval(_IS_HELD, order_id):
                await look_again(connection, order_id)
            return [await _look(connection, order), *await wake_what_is_packed(connection, state)]

        return await self._command(knock, order_id, "release", command.version, act)

    async def _command(self, knock: Knock, order_id: OrderId, name: str, version: int | None, act: Act) -> Answer:
        clock = await self._clock.read()

        async def decide(connection: Connection) -> Answer:
            order, state = await lock_for(connection, order_id, version)
            refuse_unless_allowed(order, state, name)
            wakeups = await act(connection, order, state, clock.at(datetime.now(UTC)))
            answer = await shown(connection, order_id, status=200)
            return answer.model_copy(update={"wakeups": wakeups})

        return await once_per_key(self._database, knock, decide)


async def _look(connection: Connection, order: asyncpg.Record) -> Wakeup:
    workflow_id = order_workflow_id(order["number"])
    return await owe_signal(connection, workflow_id=workflow_id, signal="commanded", ref=order["order_id"])


def _event(
    type_: EventType,
    knock: Knock,
    now: datetime,
    *,
    subject: str | None = None,
    reason_code: str | None = None,
    facts: dict[str, str] | None = None,
) -> Event:
    return Event(
        type=type_,
        occurred_at=now,
        actor=knock.principal.actor,
        source="rest",
        subject=subject,
        reason_code=reason_code,
        facts={**(facts or {})},
    )
