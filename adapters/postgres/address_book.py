"""The addresses behind references: read inside the step that sends something there."""

from adapters.carriers import DeliveryAddress
from adapters.postgres.database import Database, require_row
from contracts.ids import AddressRef, NodeId

_DELIVERY = """
select recipient as name, line1, line2, city, region, postal_code, country, latitude, longitude
from addresses where address_ref = $1
"""


class PostgresAddresses:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def delivery_address(self, ref: AddressRef) -> DeliveryAddress:
        async with self._database.connection() as connection:
            row = require_row(await connection.fetchrow(_DELIVERY, ref), f"delivery address {ref}")
        return DeliveryAddress.model_validate(dict(row))

    async def node_place(self, node_id: NodeId) -> tuple[float, float]:
        async with self._database.connection() as connection:
            found = await connection.fetchrow("select latitude, longitude from nodes where node_id = $1", node_id)
        row = require_row(found, f"node {node_id}")
        return row["latitude"], row["longitude"]
