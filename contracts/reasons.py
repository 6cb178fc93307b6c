"""Reason codes: closed lists, the same spelling in Python, SQL, JSON and on pages."""

from enum import StrEnum


class HoldReason(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    HIGH_RISK_OF_FRAUD = "high_risk_of_fraud"
    INCORRECT_ADDRESS = "incorrect_address"
    INVENTORY_OUT_OF_STOCK = "inventory_out_of_stock"
    UNKNOWN_DELIVERY_DATE = "unknown_delivery_date"
    AWAITING_RETURN_ITEMS = "awaiting_return_items"
    CUSTOMER_REQUEST = "customer_request"
    OTHER = "other"


class RejectReason(StrEnum):
    """Why a node does not send what it was asked for; decisions/rejection.py declares what that says of the stock."""

    NOT_IN_STOCK = "not_in_stock"
    MISMATCH = "mismatch"
    DAMAGED = "damaged"
    WORN_DISPLAY = "worn_display"
    NO_CAPACITY = "no_capacity"
    INELIGIBLE_PRODUCT = "ineligible_product"
    UNDELIVERABLE_DESTINATION = "undeliverable_destination"
    INCORRECT_ADDRESS = "incorrect_address"
    MISSING_CUSTOMS_INFO = "missing_customs_info"


class CancelReason(StrEnum):
    CUSTOMER = "customer"
    FRAUD = "fraud"
    INVENTORY = "inventory"
    PAYMENT_DECLINED = "payment_declined"
    ADDRESS = "address"
    DELAY_NO_CONSENT = "delay_no_consent"
    STAFF = "staff"
    DUPLICATE = "duplicate"
    OTHER = "other"
