"""The addresses behind references: read inside the step that sends something there."""

from adapters.carriers import DeliveryAddress
from adapters.postgres.database import Database
from contracts.ids import AddressRef, NodeId

_DELIVERY = """
select c.name, a.line1, a.line2, a.city, a.region, a.postal_code, a.country, a.latitude, a.longitude
from addresses a join orders o on o.shipping_address_ref = a.address_ref join customers c using (customer_ref)
where a.address_ref = $1
"""


class PostgresAddresses:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def delivery_address(self, ref: AddressRef) -> DeliveryAddress:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_DELIVERY, ref)
        if row is None:
            raise LookupError(f"there is no delivery address {ref}")
        return DeliveryAddress.model_validate(dict(row))

    async def node_place(self, node_id: NodeId) -> tuple[float, float]:
        async with self._database.connection() as connection:
            row = await connection.fetchrow("select latitude, longitude from nodes where node_id = $1", node_id)
        if row is None:
            raise LookupError(f"there is no node {node_id}")
        return row["latitude"], row["longitude"]
