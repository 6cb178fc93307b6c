"""Nodes that do not send what they are asked for, and nodes that do not give back what they have packed."""

from datetime import timedelta

import pytest

from contracts.partners import PartnerRefused
from contracts.webhooks import WEBHOOKS, RequestRejected
from tests.partners.town import a_consignment, a_label, boxes

MANY = range(1001, 1031)


async def all_asked(town):
    for number in MANY:
        await town.nodes.request(a_consignment(f"{number}-1"))
    town.wait(timedelta(days=1))
    await town.deliver()
    return {entry.number: entry for entry in await town.node_books()}


def told_of(town, entry):
    return [
        kind
        for kind, data in zip(town.shop.types, town.shop.data, strict=True)
        if data["request_id"] == entry.request_id
    ]


async def test_a_node_rejects_before_it_accepts_and_of_what_is_rejected_as_a_whole_nothing_more_is_told(town):
    town.turn(rejections=1)
    entries = (await all_asked(town)).values()
    whole = [entry for entry in entries if sum(units.quantity for units in entry.rejected) == 3]
    parts = [entry for entry in entries if entry not in whole]
    assert whole
    assert parts
    assert all(told_of(town, entry) == ["request.rejected"] for entry in whole)
    assert all(told_of(town, entry) == ["request.rejected", "request.accepted", "request.packed"] for entry in parts)


async def test_a_rejection_is_told_in_the_words_of_the_contract(town):
    town.turn(rejections=1)
    entry = (await all_asked(town))["1001-1"]
    (body,) = [body for _, body in town.shop.raw if b"request.rejected" in body and b"ful_1001-1" in body]
    webhook = WEBHOOKS["nodes"].validate_json(body)
    assert isinstance(webhook, RequestRejected)
    assert tuple(webhook.data.lines) == entry.rejected
    assert webhook.data.lines[0].sku == "MUG-01"


async def test_only_what_was_not_rejected_is_handed_over(town):
    town.turn(rejections=1)
    entry = next(entry for entry in (await all_asked(town)).values() if entry.packed_at)
    consignment = a_consignment(entry.number)
    label = await town.carriers.buy_label(a_label())
    await town.nodes.hand_over(consignment, boxes(label.tracking_code))
    (after,) = [each for each in await town.node_books() if each.number == entry.number]
    assert after.units_handed_over == {"MUG-01": 3 - entry.rejected[0].quantity}


async def test_what_was_rejected_as_a_whole_cannot_leave_and_may_be_withdrawn(town):
    town.turn(rejections=1)
    entry = next(entry for entry in (await all_asked(town)).values() if not entry.packed_at)
    consignment = a_consignment(entry.number)
    with pytest.raises(PartnerRefused, match="not_packed"):
        await town.nodes.hand_over(consignment, boxes("trk_1"))
    await town.nodes.withdraw(consignment)


async def test_what_is_withdrawn_before_anybody_looked_is_not_rejected(town):
    town.turn(rejections=1)
    await town.nodes.request(a_consignment())
    await town.nodes.withdraw(a_consignment())
    town.wait(timedelta(days=1))
    await town.deliver()
    assert [entry.rejected for entry in await town.node_books()] == [()]
    assert town.shop.types == []


async def test_nodes_reject_their_share_of_requests_and_without_a_rate_none(town):
    assert not any(entry.rejected for entry in (await all_asked(town)).values())
    town.turn(rejections=0.3)
    for number in range(2001, 2101):
        await town.nodes.request(a_consignment(f"{number}-1"))
    town.wait(timedelta(days=1))
    rejected = [entry.number for entry in await town.node_books() if entry.rejected]
    assert 18 <= len(rejected) <= 42


async def test_some_staff_keep_what_they_have_packed_and_give_back_what_they_have_not(town):
    town.turn(kept_requests=1)
    early, late = a_consignment("1001-1"), a_consignment("1002-1")
    await town.nodes.request(early)
    await town.nodes.request(late)
    await town.nodes.withdraw(early)
    town.wait(timedelta(hours=4))
    for _ in range(2):
        with pytest.raises(PartnerRefused, match="packed"):
            await town.nodes.withdraw(late)
    label = await town.carriers.buy_label(a_label())
    await town.nodes.hand_over(late, boxes(label.tracking_code))
    assert [entry.withdrawn_at is None for entry in await town.node_books()] == [False, True]
