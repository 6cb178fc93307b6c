"""Rows on their way into the tables: collected by table, copied in the order in which they refer to each other."""

from typing import Final

import asyncpg

COLUMNS: Final = {
    "addresses": "address_ref recipient line1 line2 city region postal_code country latitude longitude",
    "orders": "order_id number external_id channel body_sha256 customer_ref contact_email shipping_address_ref locale"
    " time_zone currency tax_mode service_level promise_latest order_discount_minor shipping_minor shipping_tax_rate"
    " tax_minor total_minor policy_version placed_at status payment_status cancel_reason cancel_requested"
    " handed_over_at waiting_on waiting_until version updated_at waits_for_stock short_since short_until"
    " ship_available money",
    "order_lines": "order_id line_id position sku quantity unit_price_minor discount_minor tax_rate canceled"
    " cancel_requested",
    "tenders": "order_id tender_id kind amount_minor payment_method round authorization_ref authorized_minor"
    " captured_minor refunded_minor released_minor expires_at voided_at",
    "authorizations": "order_id tender_id round key payment_method amount_minor status authorization_ref authorized_at"
    " declined_code",
    "money_moves": "move_id order_id tender_id round kind key amount_minor reason status provider_ref planned_at"
    " done_at",
    "disputes": "dispute_ref order_id move_id amount_minor reason respond_by opened_at status unbooked_minor",
    "fulfillments": "fulfillment_id order_id number position node_id carrier service_id address_ref packing"
    " first_parcel max_grams status request accepted_at packed_at handed_over_at waiting_on waiting_until",
    "fulfillment_lines": "fulfillment_id line_id sku quantity rejected passed_over lost",
    "shipments": "shipment_id fulfillment_id position grams units tracking_code price_minor expected_at status"
    " status_at seen_at earliest_at",
    "scans": "shipment_id scan_id status occurred_at recorded_at applied",
    "order_holds": "hold_id order_id reason owner_type owner_id due_at placed_at",
    "approvals": "approval_id kind subject order_id workflow_id question evidence facts status version plan_version"
    " due_at on_expiry required_role required_approvals escalate_to requested_by_type requested_by_id requested_at"
    " decided_by_type decided_by_id decided_at applied_at",
    "approval_votes": "approval_id plan_version actor_type actor_id version choice decided_at",
    "events": "aggregate_id sequence type occurred_at recorded_at actor_type actor_id source subject reason_code facts",
    "messages": "message_id number order_id purpose kind status draft facts_sha256 created_at sent_at",
    "drafts": "message_id attempt writer version sentences violations facts_sha256 written_at",
}
_COLUMNS: Final = {table: tuple(names.split()) for table, names in COLUMNS.items()}


class Rows:
    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in _COLUMNS}

    def add(self, table: str, **values: object) -> None:
        """A column without a value is null. Raises KeyError for a column that is not copied."""
        columns = _COLUMNS[table]
        if unknown := values.keys() - set(columns):
            raise KeyError(f"{table} has no {', '.join(sorted(unknown))} here")
        self._rows[table].append(tuple(map(values.get, columns)))

    async def copy_into(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """All of them, in one transaction; then there are none any more."""
        async with connection.transaction():
            for table, rows in self._rows.items():
                await connection.copy_records_to_table(table, records=rows, columns=_COLUMNS[table])
                rows.clear()
