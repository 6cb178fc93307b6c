"""Orders over HTTP: placed, canceled, shown. The door decides; the engine is told afterwards."""

from typing import Annotated, Final

from fastapi import APIRouter, Body, Depends
from fastapi.responses import JSONResponse

from api import problems
from api.access import IdempotencyKey, Route, holder_of
from api.doors import AllDoors, answered
from contracts.checkout import CancelOrder, PayOrder, PlaceOrder
from contracts.door import Knock, Principal
from contracts.ids import OrderId
from contracts.order_view import OrderView

router = APIRouter(prefix="/v1/orders", tags=["orders"], responses=problems.RESPONSES)

BY_CUSTOMER: Final = CancelOrder()  # what a cancel without a body means

Writer = Annotated[Principal, Depends(holder_of("orders:write"))]
Reader = Annotated[Principal, Depends(holder_of("orders:read"))]


@router.post(
    "",
    status_code=201,
    response_model=OrderView,
    responses={200: {"model": OrderView, "description": "This order was placed before"}},
    summary="Place an order",
)
async def place(order: PlaceOrder, writer: Writer, key: IdempotencyKey, route: Route, doors: AllDoors) -> JSONResponse:
    """What got 201 exists, also while the process engine is down.

    The same `external_id` again with the same body answers 200 with the order; with another body, 409.
    """
    return answered(await doors.orders.place(Knock.of(writer, route, key, order), order), doors)


@router.post("/{order_id}:cancel", response_model=OrderView, summary="Cancel an order before its first hand-over")
async def cancel(
    order_id: OrderId,
    writer: Writer,
    key: IdempotencyKey,
    route: Route,
    doors: AllDoors,
    command: Annotated[CancelOrder, Body()] = BY_CUSTOMER,
) -> JSONResponse:
    """Stock is released and the authorization voided; after the first hand-over it is 409."""
    return answered(await doors.orders.cancel(Knock.of(writer, route, key, command), order_id, command), doors)


@router.post("/{order_id}:pay", response_model=OrderView, summary="Name another payment method after a decline")
async def pay(
    order_id: OrderId, command: PayOrder, writer: Writer, key: IdempotencyKey, route: Route, doors: AllDoors
) -> JSONResponse:
    """The tender is authorized anew with it; when the order does not wait for that, it is 409."""
    return answered(await doors.payments.pay(Knock.of(writer, route, key, command), order_id, command), doors)


@router.get("/{order_id}", summary="Show an order")
async def show(order_id: OrderId, _: Reader, doors: AllDoors) -> OrderView:
    """Its four status axes, what it waits for, what may be done with it, and its timeline."""
    return await doors.orders.show(order_id)
