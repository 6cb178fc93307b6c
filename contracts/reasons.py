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
