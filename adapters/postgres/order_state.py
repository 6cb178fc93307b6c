"""An order's rows as the state its decisions see, read and written back under the order's lock."""

from typing import Final

from adapters.postgres.database import Connection, require_row
from contracts.ids import OrderId
from contracts.order_state import ConsignmentStage, ConsignmentState, LineState, OrderState, Recall
from contracts.policy import Policy
from contracts.refunds import PaidOrder, UnitState
from contracts.states import FulfillmentStatus, RequestStatus
from decisions.payment import is_captured_once

_ORDER: Final = """
select o.waits_for_stock, o.short_since is not null as short, o.money, p.document as policy,
       exists (select from authorizations a join tenders t using (order_id, tender_id, round)
               where a.order_id = o.order_id and t.authorization_ref is null and a.status = 'declined') as declined,
       exists (select from order_holds h where h.order_id = o.order_id and h.released_at is null) as on_hold,
       exists (select from due_moves m where m.order_id = o.order_id)
       or exists (select from due_disputes d where d.order_id = o.order_id)
       or exists (select from authorizations a join tenders t using (order_id, tender_id)
                  where a.order_id = o.order_id
                        and (a.status = 'replaced' or (a.status = 'asked' and a.round > t.round)))
       or exists (select from additions_to_settle s where s.order_id = o.order_id) as to_settle,
       exists (select from shipments s join fulfillments f using (fulfillment_id)
               where f.order_id = o.order_id and s.status = 'delivered' and s.settled_at is null
                     and not exists (select from claims c where c.shipment_id = s.shipment_id and c.status <> 'denied')
       ) as claimable,
       exists (select from open_questions q where q.order_id = o.order_id) as asked,
       exists (select from open_questions q where q.order_id = o.order_id and q.status <> 'pending') as to_answer
from orders o join policies p on p.version = o.policy_version where o.order_id = $1
"""
_LINES: Final = "select * from order_lines where order_id = $1 order by position"
_CONSIGNMENTS: Final = """
select f.*, array_agg(l.line_id order by l.line_id) as line_ids,
       array_agg(l.quantity - l.rejected - l.lost order by l.line_id) as quantities
from fulfillments f join fulfillment_lines l using (fulfillment_id) where f.order_id = $1
group by f.fulfillment_id order by f.position
"""
_SAVE_LINE: Final = """
update order_lines set canceled = $3, cancel_requested = $4 where order_id = $1 and line_id = $2
"""
_RECALL: Final = "update fulfillments set request = $2 where fulfillment_id = $1"
_RECALLS: Final = {
    RequestStatus.CANCEL_REQUESTED: Recall.REQUESTED,
    RequestStatus.CANCEL_REJECTED: Recall.REFUSED,
}
_STAGES: Final = {
    FulfillmentStatus.CANCELED: ConsignmentStage.BACK,
    FulfillmentStatus.INCOMPLETE: ConsignmentStage.FAILED,
    FulfillmentStatus.CLOSED: ConsignmentStage.DELIVERED,
}


async def load(connection: Connection, order_id: OrderId) -> OrderState:
    """One moment of the order if its row is locked or in a snapshot. Raises LookupError."""
    order = require_row(await connection.fetchrow(_ORDER, order_id), f"order {order_id}")
    money = PaidOrder.model_validate(order["money"])
    captured = {line.line_id: line.count(UnitState.CAPTURED) for line in money.lines}
    return OrderState(
        lines=[
            LineState(
                line_id=row["line_id"],
                quantity=row["quantity"],
                canceled=row["canceled"],
                cancel_requested=row["cancel_requested"],
                captured=captured[row["line_id"]],
            )
            for row in await connection.fetch(_LINES, order_id)
        ],
        consignments=[
            ConsignmentState(
                fulfillment_id=row["fulfillment_id"],
                number=row["number"],
                stage=_stage(FulfillmentStatus(row["status"]), handed_over=row["handed_over_at"] is not None),
                recall=_RECALLS.get(row["request"], Recall.NONE),
                units=dict(zip(row["line_ids"], row["quantities"], strict=True)),
            )
            for row in await connection.fetch(_CONSIGNMENTS, order_id)
        ],
        on_hold=order["on_hold"],
        waits_for_stock=order["waits_for_stock"],
        short=order["short"],
        declined=order["declined"],
        one_capture=is_captured_once(Policy.model_validate(order["policy"]).payment, money.tender_kinds),
        to_settle=order["to_settle"],
        claimable=order["claimable"],
        asked=order["asked"],
        to_answer=order["to_answer"],
    )


async def save(connection: Connection, order_id: OrderId, before: OrderState, after: OrderState) -> list[str]:
    """Write what a decision changed; answers the numbers of the consignments that are recalled by it."""
    for old, line in zip(before.lines, after.lines, strict=True):
        if line != old:
            await connection.execute(_SAVE_LINE, order_id, line.line_id, line.canceled, line.cancel_requested)
    recalled = []
    for was, consignment in zip(before.consignments, after.consignments, strict=True):
        if consignment.recall is Recall.REQUESTED and was.recall is Recall.NONE:
            await connection.execute(_RECALL, consignment.fulfillment_id, RequestStatus.CANCEL_REQUESTED)
            recalled.append(consignment.number)
    return recalled


def _stage(status: FulfillmentStatus, *, handed_over: bool) -> ConsignmentStage:
    gone = ConsignmentStage.ON_THE_WAY if handed_over else ConsignmentStage.AT_NODE
    return _STAGES.get(status, gone)
