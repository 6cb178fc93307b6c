from simulation.endings import endings
from tests.demo.books import canceled, half, lost, order

REASONS = ("customer", "fraud", "payment_declined", "inventory", "other")


def test_orders_are_delivered_whole_in_part_or_canceled_by_somebody():
    told = endings([order(), order(1002), half(), lost(), *(canceled(cancel_reason=reason) for reason in REASONS)])
    assert (told.delivered_whole, told.delivered_in_part) == (2, 1)
    assert told.canceled_by == {
        "carrier": 1,
        "customer": 1,
        "payment_provider": 1,
        "reviewer": 1,
        "steward": 1,
        "stock": 1,
    }


def test_what_is_not_at_its_end_did_not_end():
    told = endings([order(status="processing"), order(status="failed")])
    assert (told.delivered_whole, told.delivered_in_part, told.canceled_by) == (0, 0, {})


def test_what_orders_went_through_is_counted_once_an_order_and_told_even_if_there_is_none():
    found = endings(
        [
            order(told=["fulfillment.rejected", "payment.refunded"], plans=2),
            order(told=["fulfillment.rejected"]),
            order(told=["shipment.lost", "shipment.overdue"], plans=2),
            order(told=["payment.method_changed"]),
            order(edited=True),
        ]
    ).went_through
    assert {what for what, count in found.items() if count} == {
        "second_payment_method",
        "rejection",
        "overdue_parcel",
        "lost_parcel",
        "refund",
        "edit",
        "new_plan",
        "rejection_and_new_plan",
    }
    assert (found["rejection"], found["new_plan"], found["rejection_and_new_plan"]) == (2, 2, 1)
    assert found["returned_parcel"] == 0
