"""Which of a carrier's scans moves a parcel on."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.states import ShipmentStatus as S
from decisions.progress import rank
from decisions.tracking import DEVICES_APART, happened_at, moves

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
SETBACKS = {S.EXCEPTION, S.ATTEMPT_FAILED}
BEFORE_TRANSIT = {S.LABEL_CREATED, S.INFO_RECEIVED}
STATUSES = st.sampled_from(S)


def scanned(current: S, scan: S, *, after: timedelta = timedelta(hours=1)) -> bool:
    """Whether a scan that long after the last one moves the parcel."""
    return moves(current=current, since=NOON, scanned=scan, occurred_at=NOON + after)


@pytest.mark.parametrize(("earlier", "later"), [
    (S.LABEL_CREATED, S.INFO_RECEIVED),
    (S.LABEL_CREATED, S.DELIVERED),
    (S.INFO_RECEIVED, S.IN_TRANSIT),
    (S.IN_TRANSIT, S.OUT_FOR_DELIVERY),
    (S.IN_TRANSIT, S.EXCEPTION),
    (S.IN_TRANSIT, S.AVAILABLE_FOR_PICKUP),
    (S.OUT_FOR_DELIVERY, S.ATTEMPT_FAILED),
    (S.OUT_FOR_DELIVERY, S.DELIVERED),
    (S.AVAILABLE_FOR_PICKUP, S.DELIVERED),
    (S.AVAILABLE_FOR_PICKUP, S.EXPIRED),
    (S.IN_TRANSIT, S.LOST),
    (S.OUT_FOR_DELIVERY, S.RETURNED_TO_SENDER),
    (S.EXCEPTION, S.IN_TRANSIT),
    (S.ATTEMPT_FAILED, S.IN_TRANSIT),
    (S.ATTEMPT_FAILED, S.OUT_FOR_DELIVERY),
    (S.ATTEMPT_FAILED, S.EXCEPTION),
    (S.OUT_FOR_DELIVERY, S.EXCEPTION),
    (S.AVAILABLE_FOR_PICKUP, S.EXCEPTION),
    (S.LOST, S.DELIVERED),
    (S.LOST, S.EXCEPTION),
    (S.RETURNED_TO_SENDER, S.DELIVERED),
    (S.EXPIRED, S.RETURNED_TO_SENDER),
    (S.EXPIRED, S.DELIVERED),
])  # fmt: skip
def test_the_way_to_the_door_goes_on(earlier: S, later: S) -> None:
    assert scanned(earlier, later)


@given(STATUSES, STATUSES)
def test_nothing_moves_backward_but_after_a_setback_and_then_not_before_transit(current: S, scan: S) -> None:
    if scanned(current, scan):
        assert current is not S.DELIVERED
        assert rank(scan) >= rank(current) or scan in SETBACKS or (current in SETBACKS and scan not in BEFORE_TRANSIT)


@given(STATUSES)
def test_the_same_again_moves_nothing(status: S) -> None:
    assert not scanned(status, status)


@given(STATUSES)
def test_what_is_delivered_stays_so(scan: S) -> None:
    assert not scanned(S.DELIVERED, scan)


@given(STATUSES)
def test_before_the_first_scan_every_time_will_do(scan: S) -> None:
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    first = moves(current=S.LABEL_CREATED, since=None, scanned=scan, occurred_at=long_ago)
    assert first is (scan is not S.LABEL_CREATED)


@given(STATUSES, STATUSES, st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=30)))
def test_a_scan_from_before_the_last_one_moves_nothing(current: S, scan: S, late: timedelta) -> None:
    assert not scanned(current, scan, after=-DEVICES_APART - late)


@pytest.mark.parametrize(("earlier", "later", "counts"), [
    (S.IN_TRANSIT, S.OUT_FOR_DELIVERY, True),
    (S.OUT_FOR_DELIVERY, S.DELIVERED, True),
    (S.ATTEMPT_FAILED, S.DELIVERED, True),
    (S.IN_TRANSIT, S.EXCEPTION, False),
    (S.OUT_FOR_DELIVERY, S.AVAILABLE_FOR_PICKUP, False),
    (S.EXCEPTION, S.OUT_FOR_DELIVERY, False),
])  # fmt: skip
@pytest.mark.parametrize("apart", [timedelta(seconds=1), DEVICES_APART])
def test_two_devices_may_disagree_about_the_time_of_a_step_onward(
    earlier: S, later: S, apart: timedelta, *, counts: bool
) -> None:
    assert scanned(earlier, later, after=-apart) is counts


@pytest.mark.parametrize(("says", "counts_as"), [
    (NOON - timedelta(days=3), NOON - timedelta(days=3)),
    (NOON + timedelta(microseconds=1), NOON),
    (NOON + timedelta(days=365), NOON),
])  # fmt: skip
def test_what_is_told_has_happened_whatever_the_carriers_clock_says(says: datetime, counts_as: datetime) -> None:
    assert happened_at(says, NOON) == counts_as


@given(st.permutations(list(enumerate([S.INFO_RECEIVED, S.IN_TRANSIT, S.EXCEPTION, S.IN_TRANSIT, S.OUT_FOR_DELIVERY,
                                       S.ATTEMPT_FAILED, S.OUT_FOR_DELIVERY, S.DELIVERED]))))  # fmt: skip
def test_a_journey_told_in_any_order_ends_at_the_door(told: list[tuple[int, S]]) -> None:
    current, since = S.LABEL_CREATED, None
    for hour, scan in told:
        occurred_at = NOON - timedelta(days=1) + timedelta(hours=hour)
        if moves(current=current, since=since, scanned=scan, occurred_at=occurred_at):
            current, since = scan, max(since or occurred_at, occurred_at)
    assert current is S.DELIVERED
