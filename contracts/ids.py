"""Ids: opaque ones for the API, human ones that people say aloud, and the workflow ids made of them."""

from typing import NewType

OrderId = NewType("OrderId", str)  # ord_…
FulfillmentId = NewType("FulfillmentId", str)  # ful_…: what an order gets from one node
ShipmentId = NewType("ShipmentId", str)  # shp_…: one parcel of it
ApprovalId = NewType("ApprovalId", str)  # apr_…
CustomerRef = NewType("CustomerRef", str)  # cus_…
AddressRef = NewType("AddressRef", str)  # adr_…
NoteRef = NewType("NoteRef", str)  # nte_…
NodeId = NewType("NodeId", str)
Sku = NewType("Sku", str)
ServiceId = NewType("ServiceId", str)  # one service of one carrier


def order_workflow_id(number: int) -> str:
    """order/1001"""
    return f"order/{number}"


def shipment_workflow_id(consignment: str) -> str:
    """shipment/1001-1"""
    return f"shipment/{consignment}"


def consignment_number(order_number: int, position: int) -> str:
    """1001-1: the first consignment of order 1001."""
    return f"{order_number}-{position}"
