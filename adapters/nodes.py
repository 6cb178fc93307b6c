"""The stores and warehouses over HTTP: asked for a consignment, told to stop, told what the carrier takes along."""

from datetime import timedelta
from http import HTTPStatus

import httpx2

from adapters.partner import DEADLINE, Partner
from contracts.base import Contract
from contracts.fulfillment import Consignment, PackedParcel
from contracts.ids import FulfillmentId, Sku


class _Units(Contract):
    sku: Sku
    quantity: int


class _Request(Contract):
    request_id: FulfillmentId
    number: str
    lines: list[_Units]


class _Parcel(Contract):
    tracking_code: str
    lines: list[_Units]


class _HandOver(Contract):
    parcels: list[_Parcel]


class HttpNodes:
    """Every call is safe to repeat; the staff answer later, by webhook. Raises PartnerUnavailable, PartnerRefused."""

    def __init__(self, http: httpx2.AsyncClient, deadline: timedelta = DEADLINE) -> None:
        self._nodes = Partner("nodes", http, deadline)

    async def request(self, consignment: Consignment) -> None:
        question = _Request(
            request_id=consignment.fulfillment_id,
            number=consignment.number,
            lines=[_Units(sku=line.sku, quantity=line.quantity) for line in consignment.lines],
        )
        path = f"/nodes/v1/nodes/{consignment.node_id}/requests"
        response = await self._nodes.post(path, question, consignment.key("request"))
        self._nodes.expect_success(response)

    async def withdraw(self, consignment: Consignment) -> None:
        """A request that never reached the node is withdrawn already; after the hand-over: `handed_over`."""
        response = await self._nodes.post(
            f"/nodes/v1/requests/{consignment.fulfillment_id}/withdraw", key=consignment.key("withdraw")
        )
        if response.status_code != HTTPStatus.NOT_FOUND:
            self._nodes.expect_success(response)

    async def hand_over(self, consignment: Consignment, parcels: list[PackedParcel]) -> None:
        """With the packing list of each parcel. Before the node has packed it is refused with `not_packed`."""
        path = f"/nodes/v1/requests/{consignment.fulfillment_id}/hand-over"
        question = _HandOver(parcels=[_parcel(parcel) for parcel in parcels])
        response = await self._nodes.post(path, question, consignment.key("hand_over"))
        self._nodes.expect_success(response)


def _parcel(parcel: PackedParcel) -> _Parcel:
    units = sorted(parcel.units.items())
    return _Parcel(
        tracking_code=parcel.tracking_code, lines=[_Units(sku=sku, quantity=quantity) for sku, quantity in units]
    )
