"""Ids: opaque ones for the API, human ones that people say aloud, and the workflow ids made of them."""

import re
from typing import Final, NewType

OrderId = NewType("OrderId", str)  # ord_…
FulfillmentId = NewType("FulfillmentId", str)  # ful_…: what an order gets from one node
ShipmentId = NewType("ShipmentId", str)  # shp_…: one parcel of it
ApprovalId = NewType("ApprovalId", str)  # apr_…
HoldId = NewType("HoldId", str)  # hld_…
ClaimId = NewType("ClaimId", str)  # clm_…
MessageId = NewType("MessageId", str)  # msg_…
CustomerRef = NewType("CustomerRef", str)  # cus_…
AddressRef = NewType("AddressRef", str)  # adr_…
NoteRef = NewType("NoteRef", str)  # nte_…
NodeId = NewType("NodeId", str)
Sku = NewType("Sku", str)
ServiceId = NewType("ServiceId", str)  # one service of one carrier

_OF_AN_ORDER: Final = re.compile(r"(?:order/|shipment/(?=\d+-))(\d{1,18})(?:-\d+)?")


def order_workflow_id(number: int) -> str:
    """order/1001"""
    return f"order/{number}"


def order_number_of(workflow_id: str) -> int | None:
    """1001 for order/1001 and for shipment/1001-1: the order that the workflow is a part of; None for any other."""
    found = _OF_AN_ORDER.fullmatch(workflow_id)
    return int(found[1]) if found else None


def shipment_workflow_id(consignment: str) -> str:
    """shipment/1001-1"""
    return f"shipment/{consignment}"


def message_workflow_id(number: str) -> str:
    """message/1001-7: what is told of the seventh event of order 1001."""
    return f"message/{number}"


def consignment_number(order_number: int, position: int) -> str:
    """1001-1: the first consignment of order 1001."""
    return f"{order_number}-{position}"
