from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from simulation.draws import draw, happens, reference
from simulation.faults import Faults
from simulation.journeys import Trouble, journey, trouble_of
from simulation.tariffs import SERVICES

HANDED_OVER = datetime(2026, 11, 24, 15, tzinfo=UTC)
ZONES = [zone for offer in SERVICES for zone in offer.service.zones]


def hours_under_way(zone, tracking_code):
    return journey(7, tracking_code, zone, HANDED_OVER)[-1].occurred_at - HANDED_OVER


def test_scans_follow_one_another_after_the_hand_over():
    for i, zone in enumerate(ZONES):
        times = [scan.occurred_at for scan in journey(7, f"trk_{i}", zone, HANDED_OVER)]
        assert all(earlier < later for earlier, later in pairwise([HANDED_OVER, *times]))


def test_no_parcel_is_later_than_p90_and_few_are_much_earlier_than_p50():
    for zone in ZONES:
        taken = [hours_under_way(zone, f"trk_{i}") for i in range(200)]
        assert max(taken) <= timedelta(minutes=zone.minutes_p90)
        assert min(taken) >= 0.85 * timedelta(minutes=zone.minutes_p50)
        assert len(set(taken)) > 190


def test_the_same_parcel_travels_the_same_way_for_the_same_seed():
    zone = ZONES[0]
    assert journey(7, "trk_1", zone, HANDED_OVER) == journey(7, "trk_1", zone, HANDED_OVER)
    assert journey(7, "trk_1", zone, HANDED_OVER) != journey(8, "trk_1", zone, HANDED_OVER)
    assert journey(7, "trk_1", zone, HANDED_OVER) != journey(7, "trk_2", zone, HANDED_OVER)


@pytest.mark.parametrize(
    ("trouble", "way"),
    [
        (
            Trouble.FAILED_ATTEMPT,
            ["in_transit", "out_for_delivery", "attempt_failed", "out_for_delivery", "delivered"],
        ),
        (Trouble.EXCEPTION, ["in_transit", "exception", "in_transit", "out_for_delivery", "delivered"]),
        (Trouble.STUCK, ["in_transit", "out_for_delivery", "delivered"]),
        (Trouble.RETURNED, ["in_transit", "out_for_delivery", "attempt_failed", "returned_to_sender"]),
        (Trouble.LOST, ["in_transit", "lost"]),
        (Trouble.VANISHED, ["in_transit"]),
    ],
)
def test_a_parcel_in_trouble_goes_its_own_way_each_scan_once_and_after_the_one_before(trouble, way):
    for i, zone in enumerate(ZONES):
        scans = journey(7, f"trk_{i}", zone, HANDED_OVER, trouble)
        assert [scan.status for scan in scans] == way
        assert len({scan.scan_id for scan in scans}) == len(scans)
        assert all(earlier.occurred_at < later.occurred_at for earlier, later in pairwise(scans))


def test_after_a_failed_attempt_it_is_delivered_a_day_later_and_what_is_stuck_takes_days():
    zone = ZONES[0]
    usual = journey(7, "trk_1", zone, HANDED_OVER)
    again = journey(7, "trk_1", zone, HANDED_OVER, Trouble.FAILED_ATTEMPT)
    stuck = journey(7, "trk_1", zone, HANDED_OVER, Trouble.STUCK)
    assert again[-1].occurred_at - usual[-1].occurred_at == timedelta(days=1)
    assert stuck[-1].occurred_at - usual[-1].occurred_at > timedelta(days=4)
    assert stuck[1].occurred_at - stuck[0].occurred_at > timedelta(days=4)


def test_each_trouble_strikes_its_share_of_parcels_and_without_rates_there_is_none():
    faults = Faults(failed_attempts=0.2, exceptions=0.1, lost_parcels=0.1, vanished_parcels=0.05)
    struck = Counter(trouble_of(faults, 7, f"trk_{i}") for i in range(2_000))
    assert 340 <= struck[Trouble.FAILED_ATTEMPT] <= 460
    assert 150 <= struck[Trouble.EXCEPTION] <= 250
    assert 150 <= struck[Trouble.LOST] <= 250
    assert 60 <= struck[Trouble.VANISHED] <= 140
    assert struck[Trouble.STUCK] == struck[Trouble.RETURNED] == 0
    assert all(trouble_of(Faults(), 7, f"trk_{i}") is None for i in range(200))


def test_draws_do_not_depend_on_the_process():
    # computed once and written down: a new Python or a new process must not change anybody's world
    assert draw(7, "journey", "trk_1").randint(0, 10**6) == 406_312
    assert reference("auth", "order/1001:authorize:t1") == "auth_74d471216adf2d49"


def test_a_rate_is_the_share_of_words_it_strikes():
    struck = sum(happens(0.3, 7, "fault", str(i)) for i in range(2_000))
    assert 540 <= struck <= 660
    assert not any(happens(0, 7, "fault", str(i)) for i in range(200))
    assert all(happens(1, 7, "fault", str(i)) for i in range(200))
