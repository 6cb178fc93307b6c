"""Orders over HTTP: placed, canceled, listed, shown. The door decides; the engine is told afterwards."""

from typing import Annotated, Final

from fastapi import APIRouter, Body, Depends, Query
from fastapi.responses import JSONResponse

from api import problems
from api.access import IdempotencyKey, Route, holder_of
from api.doors import AllDoors, answered
from contracts.checkout import CancelOrder, PayOrder, PlaceOrder
from contracts.claims import OpenClaim
from contracts.commands import CancelPreview, ChooseBackorder, EditOrder, EditPreview, HoldOrder, ReleaseOrder
from contracts.door import Knock, Principal
from contracts.ids import OrderId
from contracts.order_list import ListOrders, OrderPage
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


@router.post(
    "/{order_id}:cancel", response_model=OrderView | CancelPreview, summary="Cancel what of an order has not left"
)
async def cancel(
    order_id: OrderId,
    writer: Writer,
    key: IdempotencyKey,
    route: Route,
    doors: AllDoors,
    command: Annotated[CancelOrder, Body()] = BY_CUSTOMER,
    *,
    dry_run: bool = False,
) -> JSONResponse:
    """All that has not left yet, or the units of `lines`. What left cannot be canceled; nodes may refuse the rest.

    With `dry_run` nothing is done: the answer is the plan, with the money by tender.
    """
    if dry_run:
        return JSONResponse((await doors.orders.preview_cancel(order_id, command)).model_dump(mode="json"))
    return answered(await doors.orders.cancel(Knock.of(writer, route, key, command), order_id, command), doors)


@router.post("/{order_id}:pay", response_model=OrderView, summary="Name another payment method after a decline")
async def pay(
    order_id: OrderId, command: PayOrder, writer: Writer, key: IdempotencyKey, route: Route, doors: AllDoors
) -> JSONResponse:
    """The tender is authorized anew with it; when the order does not wait for that, it is 409."""
    return answered(await doors.payments.pay(Knock.of(writer, route, key, command), order_id, command), doors)


@router.post(
    "/{order_id}:choose", response_model=OrderView, summary="Say what the customer wants while stock is missing"
)
async def choose(
    order_id: OrderId, command: ChooseBackorder, writer: Writer, key: IdempotencyKey, route: Route, doors: AllDoors
) -> JSONResponse:
    """What there is now and the rest when it comes, all of it later, or not the rest."""
    return answered(await doors.commands.choose(Knock.of(writer, route, key, command), order_id, command), doors)


@router.post("/{order_id}:edit", response_model=OrderView | EditPreview, summary="Change what has not left")
async def edit(
    order_id: OrderId,
    command: EditOrder,
    writer: Writer,
    key: IdempotencyKey,
    route: Route,
    doors: AllDoors,
    *,
    dry_run: bool = False,
) -> JSONResponse:
    """Another address: what is at a node is asked back and planned anew, if its node gives it back.

    Fewer units of a line are canceled. More units, and lines to add, come to the order once a card is authorized for
    them; if it is declined, the rest goes on without them. With `dry_run` nothing is done: the answer is the plan.
    """
    if dry_run:
        return JSONResponse((await doors.edits.preview(order_id, command)).model_dump(mode="json"))
    return answered(await doors.edits.edit(Knock.of(writer, route, key, command), order_id, command), doors)


@router.post("/{order_id}:claim", response_model=OrderView, summary="Say that a delivered parcel did not come")
async def claim(
    order_id: OrderId, command: OpenClaim, writer: Writer, key: IdempotencyKey, route: Route, doors: AllDoors
) -> JSONResponse:
    """A person decides about it; if it is right, the parcel is sent again or refunded, also of a closed order."""
    return answered(await doors.claims.open(Knock.of(writer, route, key, command), order_id, command), doors)


@router.post("/{order_id}:hold", response_model=OrderView, summary="Let nothing more of an order be planned or leave")
async def hold(
    order_id: OrderId, command: HoldOrder, writer: Writer, key: IdempotencyKey, route: Route, doors: AllDoors
) -> JSONResponse:
    """Holds add up; the order goes on when the last is released."""
    return answered(await doors.commands.hold(Knock.of(writer, route, key, command), order_id, command), doors)


@router.post("/{order_id}:release", response_model=OrderView, summary="Release one hold, or all")
async def release(
    order_id: OrderId, command: ReleaseOrder, writer: Writer, key: IdempotencyKey, route: Route, doors: AllDoors
) -> JSONResponse:
    return answered(await doors.commands.release(Knock.of(writer, route, key, command), order_id, command), doors)


@router.get("", summary="List orders, the newest first")
async def page(_: Reader, asked: Annotated[ListOrders, Query()], doors: AllDoors) -> OrderPage:
    """All filters that are given hold together; `status` is the one that an order shows, so that a held one is on hold.

    `…_from` is included, `…_before` is not. A `cursor` is good for the list that it came with, whatever the `limit`.
    """
    return await doors.order_list.page(asked)


@router.get("/{order_id}", summary="Show an order")
async def show(order_id: OrderId, _: Reader, doors: AllDoors) -> OrderView:
    """Its four status axes, what it waits for, what may be done with it, and its timeline."""
    return await doors.orders.show(order_id)
