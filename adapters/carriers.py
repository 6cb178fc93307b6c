"""The carriers over HTTP: rates, labels and their voiding; addresses are read here and go no further inside."""

from datetime import timedelta
from typing import Final, Protocol

import httpx2
from pydantic import Field, TypeAdapter

from adapters.partner import DEADLINE, Partner
from contracts.base import Contract
from contracts.fulfillment import CarrierService, Label, LabelRequest
from contracts.ids import AddressRef, NodeId, ServiceId

_SERVICES: Final = TypeAdapter(list[CarrierService])
_LABEL: Final = TypeAdapter(Label)


class DeliveryAddress(Contract):
    """Where a parcel goes: the recipient, the address, and its coordinates in degrees."""

    name: str
    line1: str
    line2: str | None
    city: str
    region: str | None
    postal_code: str
    country: str
    latitude: float
    longitude: float


class Addresses(Protocol):
    """What stands behind references; latitude and longitude in degrees."""

    async def delivery_address(self, ref: AddressRef) -> DeliveryAddress: ...

    async def node_place(self, node_id: NodeId) -> tuple[float, float]: ...


class _Origin(Contract):
    latitude: float
    longitude: float


class _Parcel(Contract):
    service_id: ServiceId
    grams: int
    origin: _Origin = Field(serialization_alias="from")
    to: DeliveryAddress


class HttpCarriers:
    """Raises PartnerUnavailable, PartnerRefused."""

    def __init__(self, http: httpx2.AsyncClient, addresses: Addresses, deadline: timedelta = DEADLINE) -> None:
        self._carriers = Partner("carriers", http, deadline)
        self._addresses = addresses

    async def services(self) -> list[CarrierService]:
        return self._carriers.read(_SERVICES, await self._carriers.get("/carriers/v1/services"))

    async def buy_label(self, request: LabelRequest) -> Label:
        """One label for one parcel, once per key."""
        latitude, longitude = await self._addresses.node_place(request.node_id)
        parcel = _Parcel(
            service_id=request.service_id,
            grams=request.grams,
            origin=_Origin(latitude=latitude, longitude=longitude),
            to=await self._addresses.delivery_address(request.address_ref),
        )
        return self._carriers.read(_LABEL, await self._carriers.post("/carriers/v1/labels", parcel, request.key))

    async def void_label(self, key: str, tracking_code: str) -> None:
        """Twice is fine; after the hand-over it is refused with `handed_over`."""
        response = await self._carriers.post(f"/carriers/v1/labels/{tracking_code}/void", key=key)
        self._carriers.expect_success(response)
