"""The rows that an order has from the start: where it goes, what was bought, and how it is paid."""

from collections.abc import Mapping
from datetime import datetime

from bench.history.chronicle import SHA256, Chronicle
from bench.history.sales import Sale
from contracts.ids import CustomerRef


def store_address(chronicle: Chronicle, sale: Sale, address_ref: str) -> None:
    address = sale.order.shipping_address
    chronicle.rows.add(
        "addresses",
        address_ref=address_ref,
        recipient=sale.order.customer.name,
        line1=address.line1,
        line2=address.line2,
        city=address.city,
        region=address.region,
        postal_code=address.postal_code,
        country=address.country,
    )


def store_order(
    chronicle: Chronicle,
    sale: Sale,
    state: Mapping[str, object],
    *,
    customer_ref: CustomerRef,
    channel: str,
    address_ref: str,
    placed_at: datetime,
) -> None:
    """`state` is what became of it: the columns that change."""
    order = sale.order
    usual: dict[str, object] = {"cancel_requested": False, "waits_for_stock": False, "ship_available": False}
    chronicle.rows.add(
        "orders",
        order_id=chronicle.order_id,
        number=chronicle.number,
        external_id=f"{channel}-{chronicle.number}",
        channel=channel,
        body_sha256=SHA256,
        customer_ref=customer_ref,
        contact_email=order.customer.email,
        shipping_address_ref=address_ref,
        locale=order.locale,
        time_zone=order.time_zone,
        currency=order.currency,
        tax_mode=order.tax_mode,
        service_level=order.service_level,
        order_discount_minor=order.order_discount.amount_minor,
        shipping_minor=order.shipping.amount_minor,
        shipping_tax_rate=order.shipping_tax_rate,
        tax_minor=sale.tax_minor,
        total_minor=sale.total_minor,
        policy_version=1,
        placed_at=placed_at,
        version=chronicle.told,
        updated_at=chronicle.now,
        **{**usual, **state},
    )


def store_lines(chronicle: Chronicle, sale: Sale, *, canceled: int, cancel_requested: int) -> None:
    """1: all of each line is canceled, or is to be; 0: nothing."""
    for position, line in enumerate(sale.order.lines):
        chronicle.rows.add(
            "order_lines",
            order_id=chronicle.order_id,
            line_id=line.line_id,
            position=position,
            sku=line.sku,
            quantity=line.quantity,
            unit_price_minor=line.unit_price.amount_minor,
            discount_minor=line.discount.amount_minor,
            tax_rate=line.tax_rate,
            canceled=line.quantity * canceled,
            cancel_requested=line.quantity * cancel_requested,
        )


def store_tender(chronicle: Chronicle, sale: Sale, state: Mapping[str, object]) -> None:
    (tender,) = sale.order.tenders
    chronicle.rows.add(
        "tenders",
        order_id=chronicle.order_id,
        tender_id=tender.tender_id,
        kind=tender.kind,
        amount_minor=sale.total_minor,
        payment_method=tender.payment_method,
        round=1,
        refunded_minor=0,
        **state,
    )
