"""One status for an order's many parts: the least advanced of them."""

from collections.abc import Sequence

from contracts.states import FulfillmentStatus, ShipmentStatus

_CONSIGNMENT_RANK = {
    FulfillmentStatus.OPEN: 0,
    FulfillmentStatus.IN_PROGRESS: 1,
    FulfillmentStatus.INCOMPLETE: 2,
    FulfillmentStatus.CLOSED: 3,
    FulfillmentStatus.CANCELED: 4,
}
_PARCEL_RANK = {
    ShipmentStatus.LABEL_CREATED: 0,
    ShipmentStatus.INFO_RECEIVED: 1,
    ShipmentStatus.IN_TRANSIT: 2,
    ShipmentStatus.EXCEPTION: 2,
    ShipmentStatus.OUT_FOR_DELIVERY: 3,
    ShipmentStatus.AVAILABLE_FOR_PICKUP: 3,
    ShipmentStatus.ATTEMPT_FAILED: 3,
    ShipmentStatus.RETURNED_TO_SENDER: 4,
    ShipmentStatus.LOST: 4,
    ShipmentStatus.EXPIRED: 4,
    ShipmentStatus.DELIVERED: 5,
}


def rank(status: ShipmentStatus) -> int:
    """How far a parcel is: 0 with a label, 5 at the end."""
    return _PARCEL_RANK[status]


def is_at_its_end(status: ShipmentStatus) -> bool:
    """What is lost may be found and what is sent back may turn: only what is delivered stays so."""
    return status is ShipmentStatus.DELIVERED


def least_advanced_consignment(statuses: Sequence[FulfillmentStatus]) -> FulfillmentStatus | None:
    return min(statuses, key=lambda status: _CONSIGNMENT_RANK[status], default=None)


def least_advanced_parcel(statuses: Sequence[ShipmentStatus]) -> ShipmentStatus | None:
    return min(statuses, key=rank, default=None)


def fulfillment_axis(consignments: Sequence[FulfillmentStatus]) -> FulfillmentStatus | None:
    """What was lost as a whole was made up for: it shows only where there is nothing else."""
    wanted = [status for status in consignments if status is not FulfillmentStatus.INCOMPLETE]
    return least_advanced_consignment(wanted or consignments)


def shipment_axis(parcels: Sequence[ShipmentStatus], made_up_for: Sequence[ShipmentStatus]) -> ShipmentStatus | None:
    """Of parcels with a label; those that were made up for show only where there are no others.

    What was denied, and made up for, did not come, whatever its carrier says.
    """
    lost = [ShipmentStatus.LOST if status is ShipmentStatus.DELIVERED else status for status in made_up_for]
    return least_advanced_parcel(parcels or lost)
