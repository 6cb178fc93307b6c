"""How every command to an order begins: on its locked row, refused where it is not there, stale or not allowed."""

import asyncpg

from adapters.postgres import order_rows, order_state
from adapters.postgres.database import Connection
from contracts.ids import OrderId
from contracts.order_state import OrderState
from contracts.problems import Refused
from contracts.states import OrderStatus
from decisions.cancellation import allowed_actions


async def lock_for(connection: Connection, order_id: OrderId, version: int | None) -> tuple[asyncpg.Record, OrderState]:
    """How every command begins: the order locked, as it is, and as its caller decided on; raises Refused."""
    try:
        order = await order_rows.lock(connection, order_id)
    except LookupError:
        raise no_such_order() from None
    state = await order_state.load(connection, order_id)
    refuse_if_stale(order, state, version)
    return order, state


def refuse_if_stale(order: asyncpg.Record, state: OrderState, version: int | None) -> None:
    """Unless the order is still the one that the caller decided on, if that was said; raises Refused."""
    if version is not None and version != order["version"]:
        raise _stale(order, state)


def refuse_unless_allowed(order: asyncpg.Record, state: OrderState, name: str) -> None:
    """Whether the command may be given now; raises Refused."""
    if name not in allowed_actions(OrderStatus(order["status"]), state):
        raise not_now(order, state, f"`{name}` is not among the allowed actions")


def no_such_order() -> Refused:
    return Refused(404, "not_found", "there is no order by this id")


def not_now(order: asyncpg.Record, state: OrderState, why: str) -> Refused:
    return Refused(
        409,
        "invalid_transition",
        f"not now: {why}",
        state=order["status"],
        allowed_actions=allowed_actions(OrderStatus(order["status"]), state),
    )


def _stale(order: asyncpg.Record, state: OrderState) -> Refused:
    return Refused(
        409,
        "stale_version",
        f"the order is at version {order['version']} by now",
        version=order["version"],
        state=order["status"],
        allowed_actions=allowed_actions(OrderStatus(order["status"]), state),
    )
