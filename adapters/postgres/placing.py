"""Writes a placed order into its tables as it was said; a later order of the same customer changes none of it."""

from datetime import datetime

import asyncpg

from adapters.postgres.database import Connection
from adapters.postgres.new_id import new_id
from contracts.base import Contract
from contracts.checkout import Address, PlaceOrder
from contracts.ids import AddressRef, CustomerRef, OrderId
from contracts.places import Coordinates
from contracts.refunds import PaidOrder
from contracts.states import OrderStatus, PaymentStatus
from contracts.totals import Totals
from contracts.waiting import RISK_CHECK

_CUSTOMER = """
insert into customers (customer_ref, channel, external_ref) values ($1, $2, $3)
on conflict (channel, external_ref) do update set external_ref = excluded.external_ref returning customer_ref
"""
_CONSENT = """
insert into consents (customer_ref, kind, given, source, occurred_at) values ($1, 'marketing', $2, $3, $4)
"""
_ADDRESS = """
insert into addresses (address_ref, recipient, line1, line2, city, region, postal_code, country, latitude, longitude)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_ORDER = """
insert into orders (order_id, number, external_id, channel, body_sha256, customer_ref, shipping_address_ref,
                    billing_address_ref, locale, time_zone, currency, tax_mode, service_level, promise_latest,
                    order_discount_minor, shipping_minor, shipping_tax_rate, tax_minor, total_minor, policy_version,
                    placed_at, status, payment_status, waiting_on, contact_email, money)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
        $25, $26)
"""
_LINE = """
insert into order_lines (order_id, line_id, position, sku, quantity, unit_price_minor, discount_minor, tax_rate)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_TENDER = """
insert into tenders (order_id, tender_id, kind, amount_minor, payment_method) values ($1, $2, $3, $4, $5)
"""


class Placing(Contract):
    """What the door knows of an order besides the order itself."""

    order_id: OrderId
    number: int
    body_sha256: bytes
    policy_version: int
    totals: Totals
    money: PaidOrder
    destination: Coordinates
    now: datetime


async def insert_order(connection: Connection, order: PlaceOrder, placing: Placing) -> None:
    """Insert the order with its customer, addresses, lines and tenders; unique violations are the caller's matter."""
    name, billing = order.customer.name, order.billing_address
    customer_ref = await _customer(connection, order)
    if order.customer.marketing_consent is not None:
        said = order.customer.marketing_consent
        await connection.execute(_CONSENT, customer_ref, said, f"order {placing.number}", placing.now)
    shipping_ref = await _address(connection, name, order.shipping_address, placing.destination)
    billing_ref = None if billing is None else await _address(connection, name, billing, _own_place(billing))
    await connection.execute(
        _ORDER,
        placing.order_id,
        placing.number,
        order.external_id,
        order.channel,
        placing.body_sha256,
        customer_ref,
        shipping_ref,
        billing_ref,
        order.locale,
        order.time_zone,
        order.currency,
        order.tax_mode,
        order.service_level,
        order.promise.latest if order.promise else None,
        order.order_discount.amount_minor,
        order.shipping.amount_minor,
        order.shipping_tax_rate,
        placing.totals.tax_minor,
        placing.totals.total_minor,
        placing.policy_version,
        placing.now,
        OrderStatus.PENDING,
        PaymentStatus.PENDING,
        RISK_CHECK,
        order.customer.email,
        placing.money.model_dump(mode="json"),
    )
    await _parts(connection, order, placing.order_id)


async def move_to(connection: Connection, order: asyncpg.Record, address: Address, place: Coordinates) -> AddressRef:
    """What leaves from now on goes there, to the same recipient."""
    recipient = await connection.fetchval(
        "select recipient from addresses where address_ref = $1", order["shipping_address_ref"]
    )
    address_ref = await _address(connection, recipient, address, place)
    await connection.execute(
        "update orders set shipping_address_ref = $2 where order_id = $1", order["order_id"], address_ref
    )
    return address_ref


async def _parts(connection: Connection, order: PlaceOrder, order_id: OrderId) -> None:
    lines = [
        (
            order_id,
            line.line_id,
            position,
            line.sku,
            line.quantity,
            line.unit_price.amount_minor,
            line.discount.amount_minor,
            line.tax_rate,
        )
        for position, line in enumerate(order.lines)
    ]
    await connection.executemany(_LINE, lines)
    tenders = [
        (order_id, tender.tender_id, tender.kind, tender.amount.amount_minor, tender.payment_method)
        for tender in order.tenders
    ]
    await connection.executemany(_TENDER, tenders)


async def _customer(connection: Connection, order: PlaceOrder) -> CustomerRef:
    """Locked until the transaction ends: no message is let out while its customer is buying."""
    customer_ref: CustomerRef = await connection.fetchval(
        _CUSTOMER, new_id("cus"), order.channel, order.customer.external_ref
    )
    return customer_ref


async def _address(connection: Connection, recipient: str, address: Address, place: Coordinates | None) -> AddressRef:
    address_ref = AddressRef(new_id("adr"))
    await connection.execute(
        _ADDRESS,
        address_ref,
        recipient,
        address.line1,
        address.line2,
        address.city,
        address.region,
        address.postal_code,
        address.country,
        place.latitude if place else None,
        place.longitude if place else None,
    )
    return address_ref


def _own_place(address: Address) -> Coordinates | None:
    """Where the shop says the address is; a billing address needs no place."""
    if address.latitude is None or address.longitude is None:
        return None
    return Coordinates(latitude=address.latitude, longitude=address.longitude)
