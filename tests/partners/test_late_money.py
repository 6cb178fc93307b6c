"""The simulated provider refuses, takes back and disputes what it captured, and its books say so when it happens."""

from datetime import timedelta

import pytest

from contracts.disputes import DisputeAnswer
from contracts.partners import PartnerRefused
from simulation.faults import Faults
from tests.partners.town import a_capture, a_card


async def captured(town, key="order/1001:capture:1"):
    made = await town.payments.authorize(a_card())
    await town.payments.capture(a_capture(made.authorization_ref, key=key))
    return made


async def test_a_refused_capture_works_the_second_time(town):
    town.panel.current = Faults(refused_captures=1)
    made = await town.payments.authorize(a_card())
    for _ in range(2):
        with pytest.raises(PartnerRefused, match="do_not_honor"):
            await town.payments.capture(a_capture(made.authorization_ref))
    await town.payments.capture(a_capture(made.authorization_ref, key="order/1001:capture:2"))
    assert [entry.captures for entry in await town.payment_books()] == [1]


async def test_a_capture_that_comes_back_is_told_then_and_may_be_asked_for_anew(town):
    town.panel.current = Faults(late_failures=1)
    made = await captured(town)
    (before,) = await town.payment_books()
    town.wait(timedelta(days=8))
    (after,) = await town.payment_books()
    assert (before.captured_minor, after.captured_minor, after.failures) == (4_823, 0, 1)
    await town.deliver()
    assert town.shop.types.count("capture.failed") == 1
    await town.payments.capture(a_capture(made.authorization_ref, key="order/1001:capture:2"))
    assert [entry.captured_minor for entry in await town.payment_books()] == [4_823]


async def test_a_dispute_that_is_accepted_counts_as_given_back_once(town):
    town.panel.current = Faults(disputes=1)
    await captured(town)
    town.wait(timedelta(days=6))
    await town.deliver()
    assert town.shop.types.count("dispute.opened") == 1
    (fact,) = [fact for facts in town.books.all_facts("payments").values() for fact in facts if fact.kind == "disputed"]
    for _ in range(2):
        await town.payments.answer_dispute(DisputeAnswer(key="k", dispute_ref=fact.ref, answer="accept"))
    await town.deliver()
    (entry,) = await town.payment_books()
    assert (entry.refunded_minor, entry.untold, town.shop.types.count("dispute.closed")) == (4_823, 0, 1)
