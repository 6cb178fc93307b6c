"""The door for claims: about a parcel that its carrier calls delivered, also of an order that is closed."""

from datetime import UTC, datetime
from typing import Final, Protocol

from adapters.postgres.claims import open_claim
from adapters.postgres.command_rules import lock_for, not_now
from adapters.postgres.database import Connection, Database
from adapters.postgres.door import once_per_key
from adapters.postgres.losing import units_in
from adapters.postgres.order_door import shown
from adapters.postgres.policies import policy_of
from adapters.postgres.wakeups import owe_signal
from contracts.claims import OpenClaim
from contracts.clock import BusinessClock
from contracts.door import Answer, Knock
from contracts.ids import OrderId, order_workflow_id

_PARCEL: Final = """
select s.*, f.carrier from shipments s join fulfillments f using (fulfillment_id)
where f.order_id = $1 and s.shipment_id = $2 and s.status = 'delivered' and s.settled_at is null
      and s.status_at >= $3
      and not exists (select from claims c where c.shipment_id = s.shipment_id and c.status <> 'denied')
"""


class Clock(Protocol):
    async def read(self) -> BusinessClock: ...


class PostgresClaimDoor:
    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(self, knock: Knock, order_id: OrderId, command: OpenClaim) -> Answer:
        """Under the order's lock; raises Refused."""
        clock = await self._clock.read()

        async def act(connection: Connection) -> Answer:
            order, state = await lock_for(connection, order_id, command.version)
            now = clock.at(datetime.now(UTC))
            policy = await policy_of(connection, order["policy_version"])
            since = now - policy.claims.within
            parcel = await connection.fetchrow(_PARCEL, order_id, command.shipment_id, since)
            if parcel is None or not await units_in(connection, parcel):
                lately = f"within {policy.claims.within.days} days"
                raise not_now(
                    order, state, f"{command.shipment_id} was not delivered {lately}, was empty, or is claimed already"
                )
            await open_claim(connection, order, parcel, command, policy, by=knock.principal.actor, now=now)
            wakeup = await owe_signal(
                connection, workflow_id=order_workflow_id(order["number"]), signal="commanded", ref=order_id
            )
            answer = await shown(connection, order_id, status=200)
            return answer.model_copy(update={"wakeups": [wakeup]})

        return await once_per_key(self._database, knock, act)
