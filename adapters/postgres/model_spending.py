"""What a day's texts may cost at the model's provider: reserved before one is written, settled afterwards."""

from datetime import date
from typing import Final

from adapters.postgres.database import Database

_RESERVE: Final = """
insert into model_spending (day, spent_micros) select $1, $2::bigint where $2 <= $3::bigint
on conflict (day) do update set spent_micros = model_spending.spent_micros + excluded.spent_micros
where model_spending.spent_micros + excluded.spent_micros <= $3
returning true
"""
_SETTLE: Final = """
update model_spending set spent_micros = spent_micros - $2 + $3 where day = $1 and spent_micros >= $2 returning true
"""


class PostgresModelSpending:
    """One row a day. A reservation that nobody settles stays: what it was for may have been charged."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, day: date, micros: int, limit_micros: int) -> bool:
        """Whether it still fits; if not, nothing is reserved."""
        if micros < 0:
            raise ValueError("nobody reserves less than nothing")
        async with self._database.connection() as connection:
            return bool(await connection.fetchval(_RESERVE, day, micros, limit_micros))

    async def settle(self, day: date, reserved_micros: int, spent_micros: int) -> None:
        """Once for each reservation. What is spent counts, even if it is above what was reserved.

        Raises LookupError if less than that is reserved on that day.
        """
        if reserved_micros < 0 or spent_micros < 0:
            raise ValueError("nobody spends less than nothing")
        async with self._database.connection() as connection:
            if not await connection.fetchval(_SETTLE, day, reserved_micros, spent_micros):
                raise LookupError(f"no such reservation on {day}")
