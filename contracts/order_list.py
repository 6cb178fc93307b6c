"""Orders as lists show them: what a list may be asked for, and one page of it."""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from contracts.base import Contract, Request
from contracts.checkout import Code
from contracts.ids import CustomerRef, OrderId
from contracts.instants import Instant
from contracts.money import Money
from contracts.order_view import StatusAxes
from contracts.states import OrderStatus, PaymentStatus

MOST_IN_A_PAGE: Final = 200

Printable = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class ListOrders(Request):
    """All that is given has to be true of an order; `…_from` is included, `…_before` is not.

    `status` is the one that an order shows: `on_hold` as long as it has a hold. A `cursor` is good for the list whose
    page before gave it, whatever the `limit`. With `sort=updated` an order that changes moves to the front.
    """

    status: OrderStatus | None = None
    payment_status: PaymentStatus | None = None
    channel: Code | None = None
    customer_ref: Printable | None = None
    external_id: Code | None = None
    number: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    tracking_code: Printable | None = None
    placed_from: Instant | None = None
    placed_before: Instant | None = None
    updated_from: Instant | None = None
    updated_before: Instant | None = None
    sort: Literal["placed", "updated"] = "placed"
    limit: Annotated[int, Field(ge=1, le=MOST_IN_A_PAGE)] = 50
    cursor: str | None = None


class OrderSummary(Contract):
    """One order of a list. `placed_at` is in business time, `updated_at` on the wall's clock.

    What may be done with it is left out, since that takes the whole order; and `waiting_on` names others only, not
    what Steward itself is about to do.
    """

    id: OrderId
    number: int
    version: int
    external_id: str
    channel: str
    customer_ref: CustomerRef
    status: StatusAxes
    waiting_on: str | None
    waiting_until: AwareDatetime | None
    total: Money
    placed_at: AwareDatetime
    updated_at: AwareDatetime


class OrderPage(Contract):
    items: list[OrderSummary]
    next_cursor: str | None
