"""What a message says is so when it leaves, whatever became of the order meanwhile."""

from datetime import timedelta
from typing import Any

import asyncpg

from adapters.postgres import events
from adapters.postgres.outreach import PostgresOutreach
from contracts.actors import STEWARD
from contracts.events import Event, EventType
from contracts.messages import Draft, Leaving, MessageStep
from contracts.order_view import OrderView
from contracts.outreach import (
    BackorderChoice,
    Canceled,
    Case,
    Confirmation,
    Delivered,
    Occasion,
    Purpose,
    Shipped,
    SuppressionReason,
)
from contracts.partners import PartnerRefused
from contracts.policy import OutreachPolicy, PaymentPolicy, Policy, TransitPolicy, WordsPolicy
from contracts.states import ShipmentStatus
from contracts.words import Sentence, Verdict
from decisions.briefs import brief_of
from decisions.composer import compose
from decisions.guard import check
from tests.order.business import Business
from tests.order.test_review import risky
from tests.shop import basket, line, order_body, usd


async def steps_of(business: Business, order: OrderView, purpose: Purpose) -> list[MessageStep]:
    """Its messages for that purpose, the oldest first, as steps that are taken now."""
    async with business.database.connection() as connection:
        rows: list[asyncpg.Record] = await connection.fetch(
            "select m.*, o.number as order_number, o.policy_version from messages m join orders o using (order_id)"
            " where order_id = $1 and purpose = $2 order by split_part(m.number, '-', 2)::int",
            order.id,
            purpose,
        )
    now = await business.now()
    return [MessageStep(**dict(row), now=now) for row in rows]


async def there_is_to_tell(business: Business, order: OrderView, purpose: Purpose) -> Occasion | None:
    """By the newest of its messages."""
    step = (await steps_of(business, order, purpose))[-1]
    return await PostgresOutreach(business.database).occasion(step)


async def write(outreach: PostgresOutreach, step: MessageStep) -> None:
    occasion = await outreach.occasion(step)
    assert occasion is not None
    brief = brief_of(occasion)
    await outreach.record_draft(step, Draft(1, brief, compose(brief, 1), Verdict()), WordsPolicy())


async def leave(business: Business, step: MessageStep) -> Leaving:
    """Written as things are, and to the gate."""
    outreach = PostgresOutreach(business.database)
    await write(outreach, step)
    return await outreach.leave(step, OutreachPolicy())


async def happen(business: Business, order: OrderView, type_: EventType, **facts: Any) -> None:
    event = Event(type=type_, occurred_at=await business.now(), actor=STEWARD, facts=facts)
    async with business.database.transaction() as connection:
        await events.append(connection, order.id, event)


async def change(business: Business, statement: str, *values: object) -> None:
    async with business.database.connection() as connection:
        await connection.execute(statement, *values)


async def on_the_way(business: Business, **units: int) -> OrderView:
    business.nodes.habits = ["accepted", "packed"]
    order = await business.place(basket(**units))
    await business.let_go_of(order, 1)
    await business.until_told(order, "payment.captured")
    return order


async def test_two_cancels_of_as_many_units_are_told_each(back_office: Business) -> None:
    order = await back_office.accept_order(basket(MUG=3))
    for _ in range(2):
        await happen(
            back_office, order, EventType.ORDER_UPDATED, canceled={"1": 1}, refund_minor=0, released_minor=1_000
        )
    first, second = await steps_of(back_office, order, Purpose.CANCELED)
    assert [(await leave(back_office, step)).outcome for step in (first, second)] == ["send", "send"]


async def test_two_parcels_alike_that_come_together_are_told_each(business: Business) -> None:
    order = await on_the_way(business, TNT=6)
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.DELIVERED)
    await change(business, "update shipments set status_at = date_trunc('hour', status_at)")
    steps = await steps_of(business, order, Purpose.DELIVERED)
    assert [(await leave(business, step)).outcome for step in steps] == ["send", "send"]


async def test_what_left_goes_where_it_was_sent_whatever_the_order_says_since(business: Business) -> None:
    order = await on_the_way(business, MUG=1)
    await change(
        business,
        "with elsewhere as (insert into addresses (address_ref, recipient, line1, city, postal_code, country)"
        " values ('adr_else', 'Ada Byron', '1 Main Street', 'Reno', '89501', 'US') returning address_ref)"
        " update orders set shipping_address_ref = address_ref from elsewhere where order_id = $1",
        order.id,
    )
    told = await there_is_to_tell(business, order, Purpose.SHIPPED)
    assert isinstance(told, Shipped)
    assert told.city == "San Francisco"


async def test_what_its_node_says_was_not_in_the_parcel_is_not_told(business: Business) -> None:
    order = await on_the_way(business, MUG=2)
    await business.node_rejects(business.consignment(order), "mismatch", MUG=1)
    told = await there_is_to_tell(business, order, Purpose.SHIPPED)
    assert isinstance(told, Shipped)
    assert ([item.quantity for item in told.items], told.whole) == ([1], False)
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.DELIVERED)
    arrived = await there_is_to_tell(business, order, Purpose.DELIVERED)
    assert isinstance(arrived, Delivered)
    assert [item.quantity for item in arrived.items] == [1]


async def test_an_empty_parcel_is_no_news(business: Business) -> None:
    order = await on_the_way(business, MUG=1)
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.DELIVERED)
    await business.node_rejects(business.consignment(order), "mismatch", MUG=1)
    assert await there_is_to_tell(business, order, Purpose.DELIVERED) is None


async def test_what_is_lost_is_not_said_to_be_on_its_way(business: Business) -> None:
    order = await on_the_way(business, MUG=1)
    await change(business, "update shipments set status = 'lost'")
    assert await there_is_to_tell(business, order, Purpose.SHIPPED) is None


async def test_what_was_charged_is_not_said_to_be_uncharged_when_a_refund_is_refused(business: Business) -> None:
    policy = Policy(transit=TransitPolicy(lost="refund"), payment=PaymentPolicy(ask_about=()))
    await business.policies.store(policy)
    order = await on_the_way(business, MUG=2)
    business.payments.broken = {"refund": PartnerRefused("payments", 422, "card_closed")}
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.LOST)
    await business.result(order)
    told = await there_is_to_tell(business, order, Purpose.CANCELED)
    assert isinstance(told, Canceled)
    facts = {fact.fact_id for fact in brief_of(told).facts}
    assert "uncharged" not in facts
    assert "refund_by" not in facts  # nobody knows
    assert told.refund == order.total


async def test_a_refund_is_not_announced_for_a_day_that_is_over(business: Business) -> None:
    await business.policies.store(Policy(transit=TransitPolicy(lost="refund")))
    order = await on_the_way(business, MUG=2)
    await business.carrier_scans(await business.let_go_of(order, 1), ShipmentStatus.LOST)
    await business.result(order)
    step = (await steps_of(business, order, Purpose.CANCELED))[-1]
    late = await PostgresOutreach(business.database).occasion(
        step.model_copy(update={"now": step.now + timedelta(days=60)})
    )
    assert isinstance(late, Canceled)
    assert (late.refund, late.refund_by) == (order.total, None)


async def test_no_day_that_is_over_is_promised(back_office: Business) -> None:
    today = (await back_office.now()).date()
    order = await back_office.accept_order(
        basket(MUG=1) | {"promise": {"latest": str(today + timedelta(days=2))}, "time_zone": "UTC"}
    )
    await happen(back_office, order, EventType.ORDER_CONFIRMED)
    (step,) = await steps_of(back_office, order, Purpose.ORDER_CONFIRMATION)
    outreach = PostgresOutreach(back_office.database)
    for days, promised in ((1, today + timedelta(days=2)), (2, None)):
        told = await outreach.occasion(step.model_copy(update={"now": step.now + timedelta(days=days)}))
        assert isinstance(told, Confirmation)
        assert told.promise_latest == promised


async def test_what_was_canceled_before_the_confirmation_leaves_is_not_confirmed(business: Business) -> None:
    order = await business.place(basket(MUG=3))
    await business.cancel(order, lines={"1": 1})
    await business.until_told(order, "order.updated")
    told = await there_is_to_tell(business, order, Purpose.ORDER_CONFIRMATION)
    assert isinstance(told, Confirmation)
    assert ([item.quantity for item in told.items], told.total.amount_minor) == ([2], 2_000)


async def test_an_order_that_was_disputed_twice_is_one_order(business: Business) -> None:
    body = basket(MUG=1)
    body["customer"]["external_ref"] = "regular"
    earlier = await business.accept_order(body)
    await change(business, "update orders set status = 'completed' where order_id = $1", earlier.id)
    await change(
        business,
        "with taken as (insert into"
        " money_moves (order_id, tender_id, round, kind, key, amount_minor, reason, planned_at)"
        " select order_id, tender_id, round, 'capture', 'key', 2, 'test', now() from tenders returning *)"
        " insert into disputes (dispute_ref, order_id, move_id, amount_minor, respond_by, status)"
        " select ref, order_id, move_id, 1, now(), 'lost' from taken, (values ('dsp_1'), ('dsp_2')) as refs (ref)",
    )
    odd = risky()
    odd["customer"]["external_ref"] = "regular"
    order = await business.place(odd)
    await business.until(order, lambda view: view.status.order == "on_hold")
    told = await there_is_to_tell(business, order, Purpose.CASE_SUMMARY)
    assert isinstance(told, Case)
    assert (told.delivered_before, told.disputed_before) == (1, 1)


async def test_what_two_lines_want_of_one_product_is_missing_once_it_is_taken_together(business: Business) -> None:
    body = order_body(
        lines=[
            line(line_id="1", sku="TNT-01", quantity=8, unit_price=usd(1_000), discount=usd(0), tax_rate="0"),
            line(line_id="2", sku="TNT-01", quantity=8, unit_price=usd(1_000), discount=usd(0), tax_rate="0"),
        ],
        shipping=usd(0),
        order_discount=usd(0),
        tenders=[{"tender_id": "t1", "kind": "card", "amount": usd(16_000), "payment_method": "pm_card"}],
    )
    order = await business.place(body)
    await business.until(order, lambda view: view.status.order == "customer_action_required")
    told = await there_is_to_tell(business, order, Purpose.BACKORDER_CHOICE)
    assert isinstance(told, BackorderChoice)
    assert ([item.quantity for item in told.missing], told.can_ship_rest) == ([6], True)


async def test_a_night_is_told_once_however_often_its_step_is_taken(back_office: Business) -> None:
    outreach = PostgresOutreach(back_office.database)
    order = await back_office.accept_order()
    await happen(back_office, order, EventType.ORDER_CONFIRMED)
    (step,) = await steps_of(back_office, order, Purpose.ORDER_CONFIRMATION)
    night = OutreachPolicy.model_validate(
        {"quiet_from": "00:00", "quiet_until": "23:59:59.999", "quiet_kinds": ["service"]}
    )
    await write(outreach, step)
    first, again = await outreach.leave(step, night), await outreach.leave(step, night)
    assert (first.outcome, first.until) == (again.outcome, again.until)
    assert first.outcome == "deferred"
    shown = await back_office.show(order)
    assert [entry.type for entry in shown.timeline].count("message.deferred") == 1


async def test_what_a_mail_server_may_have_taken_is_not_on_record_as_never_sent(back_office: Business) -> None:
    outreach = PostgresOutreach(back_office.database)
    order = await back_office.accept_order()
    await happen(back_office, order, EventType.ORDER_CONFIRMED)
    (step,) = await steps_of(back_office, order, Purpose.ORDER_CONFIRMATION)
    assert (await leave(back_office, step)).outcome == "send"
    await back_office.accept_cancel(order)
    again = await outreach.leave(step, OutreachPolicy())
    assert (again.outcome, again.mail) == ("sent", None)
    await outreach.record_not_told(step, SuppressionReason.SUPERSEDED)
    assert (await outreach.leave(step, OutreachPolicy())).outcome == "sent"


async def test_what_the_customers_bank_gave_back_was_charged_and_is_no_refund(back_office: Business) -> None:
    order = await back_office.accept_order(basket(MUG=2))
    await happen(back_office, order, EventType.ORDER_CANCELED)
    await change(back_office, "update tenders set authorized_minor = amount_minor, captured_minor = amount_minor")
    await change(back_office, "update orders set cancel_reason = 'other'")
    told = await there_is_to_tell(back_office, order, Purpose.CANCELED)
    assert isinstance(told, Canceled)
    brief = brief_of(told)
    assert {"refund", "uncharged"} & {fact.fact_id for fact in brief.facts} == set()
    assert check(brief, compose(brief, 1).sentences).passed


async def test_tomorrow_is_another_day_when_it_leaves_tomorrow(back_office: Business) -> None:
    """The same facts, and words that were true of them when they were written."""
    tomorrow = (await back_office.now()).date() + timedelta(days=1)
    order = await back_office.accept_order(
        basket(MUG=1) | {"promise": {"latest": str(tomorrow)}, "time_zone": "UTC"},
    )
    await happen(back_office, order, EventType.ORDER_CONFIRMED)
    (step,) = await steps_of(back_office, order, Purpose.ORDER_CONFIRMATION)
    outreach = PostgresOutreach(back_office.database)
    occasion = await outreach.occasion(step)
    assert occasion is not None
    brief = brief_of(occasion)
    composed = compose(brief, 1)
    said = Sentence(field="body", text="We expect the delivery tomorrow.", fact_ids=("latest", "now"))
    copy = composed.model_copy(update={"sentences": (*composed.sentences, said)})
    verdict = check(brief, copy.sentences)
    assert verdict.passed, verdict
    await outreach.record_draft(step, Draft(1, brief, copy, verdict), WordsPolicy())
    later = step.model_copy(update={"now": step.now + timedelta(days=1)})
    assert (await outreach.leave(later, OutreachPolicy())).outcome == "rewrite"
    assert (await outreach.leave(step, OutreachPolicy())).outcome == "send"
