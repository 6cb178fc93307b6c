from datetime import datetime, timedelta

import pytest

from contracts.ids import ServiceId
from contracts.partners import PartnerRefused
from simulation.journeys import Trouble, journey
from simulation.tariffs import service_named
from tests.partners.town import HONOLULU, SEED, a_consignment, a_label, boxes


async def packed_with_a_label(town):
    consignment = a_consignment()
    await town.nodes.request(consignment)
    town.wait(timedelta(hours=4))
    return consignment, await town.carriers.buy_label(a_label())


async def test_a_label_is_sold_once_per_key(town):
    first = await town.carriers.buy_label(a_label())
    town.wait(timedelta(hours=1))
    assert await town.carriers.buy_label(a_label()) == first
    other = await town.carriers.buy_label(a_label("shipment/1001-1:label:2"))
    assert [entry.tracking_code for entry in await town.carrier_books()] == [first.tracking_code, other.tracking_code]


@pytest.mark.parametrize(
    ("service", "grams", "code"), [("bluebird-saver", 9_001, "too_heavy"), ("moon", 1, "unknown_service")]
)
async def test_what_a_carrier_does_not_carry_is_refused_without_naming_anybody(town, service, grams, code):
    with pytest.raises(PartnerRefused) as refused:
        await town.carriers.buy_label(a_label(service=service, grams=grams))
    assert refused.value.code == code
    assert HONOLULU.name not in str(refused.value)
    assert await town.carrier_books() == []


async def test_the_books_keep_no_address(town, tmp_path):
    await town.carriers.buy_label(a_label())
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"northway-ground" in kept
    assert HONOLULU.name.encode() not in kept
    assert HONOLULU.line1.encode() not in kept


async def test_scans_come_in_order_with_the_times_of_the_schedule_even_after_a_pause(town):
    consignment, label = await packed_with_a_label(town)
    await town.deliver()
    handed_over_at = town.wall.business_now()
    await town.nodes.hand_over(consignment, boxes(label.tracking_code))
    town.wait(timedelta(days=4))
    told = len(town.shop.data)
    await town.deliver()
    service = service_named(ServiceId("northway-ground"))
    assert service is not None
    schedule = journey(SEED, label.tracking_code, service.zones[-1], handed_over_at)
    assert town.shop.data[told:] == [scan.model_dump(mode="json") for scan in schedule]
    assert [scan.status for scan in schedule] == ["in_transit", "out_for_delivery", "delivered"]
    (entry,) = await town.carrier_books()
    assert (entry.handed_over_at, entry.delivered_at) == (handed_over_at, schedule[-1].occurred_at)


async def test_no_scan_comes_before_its_time(town):
    consignment, label = await packed_with_a_label(town)
    await town.nodes.hand_over(consignment, boxes(label.tracking_code))
    seen = []
    for _ in range(4 * 24):
        await town.deliver()
        now = town.wall.business_now()
        assert all(datetime.fromisoformat(data["occurred_at"]) <= now for data in town.shop.data)
        seen.append(len(town.shop.data))
        town.wait(timedelta(hours=1))
    assert seen[0] < seen[40] < seen[-1]


async def test_a_parcel_is_handed_over_once_and_its_units_leave_once(town):
    consignment, label = await packed_with_a_label(town)
    for _ in range(2):
        await town.nodes.hand_over(consignment, boxes(label.tracking_code))
    with pytest.raises(PartnerRefused, match="other_parcels_handed_over"):
        await town.nodes.hand_over(consignment, boxes("trk_other"))
    with pytest.raises(PartnerRefused, match="handed_over"):
        await town.carriers.void_label("shipment/1001-1:void:1", label.tracking_code)
    with pytest.raises(PartnerRefused, match="handed_over"):
        await town.nodes.withdraw(consignment)
    (entry,) = await town.node_books()
    assert entry.units_handed_over == {"MUG-01": 3}
    assert entry.tracking_codes == [label.tracking_code]


async def test_nothing_leaves_before_it_is_packed_or_without_a_valid_label(town):
    consignment = a_consignment()
    await town.nodes.request(consignment)
    label = await town.carriers.buy_label(a_label())
    with pytest.raises(PartnerRefused, match="not_packed"):
        await town.nodes.hand_over(consignment, boxes(label.tracking_code))
    town.wait(timedelta(hours=4))
    await town.carriers.void_label("shipment/1001-1:void:1", label.tracking_code)
    good = await town.carriers.buy_label(a_label("shipment/1001-1:label:2"))
    with pytest.raises(PartnerRefused, match="label_voided"):
        await town.nodes.hand_over(consignment, boxes(good.tracking_code, label.tracking_code))
    assert [entry.handed_over_at for entry in await town.carrier_books()] == [None, None]
    assert [entry.handed_over_at for entry in await town.node_books()] == [None]


async def test_staff_accept_and_pack_within_the_nodes_time(town):
    for i in range(20):
        await town.nodes.request(a_consignment(f"{1001 + i}-1"))
    asked_at = town.wall.business_now()
    town.wait(timedelta(minutes=180))
    for entry in await town.node_books():
        assert asked_at < entry.accepted_at < entry.packed_at <= asked_at + timedelta(minutes=180)
        assert entry.packed_at >= asked_at + timedelta(minutes=130)


async def test_a_withdrawn_request_is_never_packed(town):
    early, late = a_consignment("1001-1"), a_consignment("1002-1")
    await town.nodes.request(early)
    await town.nodes.request(late)
    await town.nodes.withdraw(early)
    town.wait(timedelta(minutes=60))
    for _ in range(2):
        await town.nodes.withdraw(late)
    town.wait(timedelta(days=1))
    await town.deliver()
    assert town.shop.types == ["request.accepted"]
    assert town.shop.data[0]["request_id"] == late.fulfillment_id
    assert [entry.packed_at for entry in await town.node_books()] == [None, None]
    with pytest.raises(PartnerRefused, match="withdrawn"):
        await town.nodes.hand_over(late, boxes("trk_1"))


async def test_withdrawing_what_never_arrived_is_no_error(town):
    await town.nodes.withdraw(a_consignment())
    assert await town.node_books() == []


async def test_a_parcel_that_is_lost_is_told_of_and_never_delivered_whatever_the_knobs_say_later(town):
    town.turn(lost_parcels=1)
    consignment, label = await packed_with_a_label(town)
    await town.nodes.hand_over(consignment, boxes(label.tracking_code))
    town.turn()
    town.wait(timedelta(days=14))
    await town.deliver()
    assert [data["status"] for data in town.shop.data if "status" in data] == ["info_received", "in_transit", "lost"]
    (entry,) = await town.carrier_books()
    assert (entry.trouble, entry.delivered_at) == (Trouble.LOST, None)


async def test_a_silent_node_takes_the_request_and_never_answers(town):
    town.turn(silent_nodes=1)
    await town.nodes.request(a_consignment())
    town.wait(timedelta(days=3))
    await town.deliver()
    (entry,) = await town.node_books()
    assert (entry.accepted_at, entry.packed_at, town.shop.seen) == (None, None, [])
