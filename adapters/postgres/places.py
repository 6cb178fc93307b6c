"""Where an address is, by a table of places: its postal code's area first, then its city."""

from adapters.postgres.database import Database
from contracts.checkout import Address
from contracts.places import Coordinates

_BY_POSTAL_CODE = """
select latitude, longitude from places
where country = $1 and postal_prefix <> '' and $2 like postal_prefix || '%'
order by length(postal_prefix) desc, city limit 1
"""
_BY_CITY = """
select latitude, longitude from places
where country = $1 and lower(city) = lower($2) and ($3::text is null or region = $3) order by region limit 1
"""


class PostgresPlaces:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def locate(self, address: Address) -> Coordinates | None:
        """The shop's own coordinates if it gave them; None for a place that is not in the table."""
        if address.latitude is not None and address.longitude is not None:
            return Coordinates(latitude=address.latitude, longitude=address.longitude)
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_BY_POSTAL_CODE, address.country, address.postal_code)
            row = row or await connection.fetchrow(_BY_CITY, address.country, address.city, address.region)
        return None if row is None else Coordinates.model_validate(dict(row))
