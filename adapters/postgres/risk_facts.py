"""What the rows say about the risk of an order: the customer's earlier orders, where it goes, who pays."""

from collections.abc import Sequence
from typing import Final

from adapters.postgres.database import Connection, require_row
from contracts.ids import OrderId
from contracts.risk import RiskFacts

_RISK_FACTS: Final = """
with ordered as (
    select o.*, s.country as to_country, s.region as to_region,
           b.country as from_country, b.region as from_region
    from orders o
    join addresses s on s.address_ref = o.shipping_address_ref
    left join addresses b on b.address_ref = o.billing_address_ref
    where o.order_id = $1
), earlier as (
    select e.total_minor, e.placed_at, e.status from orders e join ordered o using (customer_ref)
    where e.number < o.number
)
select o.total_minor, o.service_level,
       coalesce(o.from_country <> o.to_country or o.from_region <> o.to_region, false) as billing_differs,
       lower(split_part(o.contact_email, '@', 2)) = any($2) as disposable_email,
       (select count(*) from earlier where placed_at > o.placed_at - interval '1 day') as orders_last_day,
       (select count(*) from earlier where status <> 'canceled') as earlier_orders,
       (select coalesce(avg(total_minor), 0)::bigint from earlier where status <> 'canceled') as average_minor
from ordered o
"""


async def risk_facts(connection: Connection, order_id: OrderId, disposable_domains: Sequence[str]) -> RiskFacts:
    """Raises LookupError."""
    row = await connection.fetchrow(_RISK_FACTS, order_id, list(disposable_domains))
    return RiskFacts.model_validate(dict(require_row(row, f"order {order_id}")))
