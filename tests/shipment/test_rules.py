"""Which of a carrier's scans moves a parcel on."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.states import ShipmentStatus as S
from decisions.progress import rank
from decisions.tracking import AHEAD_OF_TIME, moves

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
ENDS = {S.DELIVERED, S.RETURNED_TO_SENDER, S.LOST, S.EXPIRED}
SETBACKS = {S.EXCEPTION, S.ATTEMPT_FAILED}
BEFORE_TRANSIT = {S.LABEL_CREATED, S.INFO_RECEIVED}
STATUSES = st.sampled_from(S)


def scanned(current: S, scan: S, *, after: timedelta = timedelta(hours=1), now: datetime = NOON) -> bool:
    """Whether a scan that long after the last one moves the parcel."""
    return moves(current=current, since=NOON - timedelta(days=1), scanned=scan,
                 occurred_at=NOON - timedelta(days=1) + after, now=now)  # fmt: skip


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
])  # fmt: skip
def test_the_way_to_the_door_goes_on(earlier: S, later: S) -> None:
    assert scanned(earlier, later)


@given(STATUSES, STATUSES)
def test_nothing_moves_backward_but_after_a_setback_and_then_not_before_transit(current: S, scan: S) -> None:
    if scanned(current, scan):
        assert current not in ENDS
        assert rank(scan) >= rank(current) or (current in SETBACKS and scan not in BEFORE_TRANSIT)


@given(STATUSES)
def test_the_same_again_moves_nothing(status: S) -> None:
    assert not scanned(status, status)


@pytest.mark.parametrize(("end", "scan"), list(product(sorted(ENDS), S)))
def test_an_end_is_final(end: S, scan: S) -> None:
    assert not scanned(end, scan)


@given(STATUSES, STATUSES, st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=30)))
def test_a_scan_from_before_the_last_one_moves_nothing(current: S, scan: S, late: timedelta) -> None:
    assert not scanned(current, scan, after=-late)


@pytest.mark.parametrize(("ahead", "counts"), [
    (timedelta(), True),
    (AHEAD_OF_TIME, True),
    (AHEAD_OF_TIME + timedelta(microseconds=1), False),
    (timedelta(days=3), False),
])  # fmt: skip
def test_a_carriers_clock_may_be_a_little_ahead(ahead: timedelta, *, counts: bool) -> None:
    assert scanned(S.LABEL_CREATED, S.IN_TRANSIT, after=timedelta(days=1) + ahead) is counts


@given(st.permutations(list(enumerate([S.INFO_RECEIVED, S.IN_TRANSIT, S.EXCEPTION, S.IN_TRANSIT, S.OUT_FOR_DELIVERY,
                                       S.ATTEMPT_FAILED, S.OUT_FOR_DELIVERY, S.DELIVERED]))))  # fmt: skip
def test_a_journey_told_in_any_order_ends_at_the_door(told: list[tuple[int, S]]) -> None:
    current, since = S.LABEL_CREATED, NOON - timedelta(days=1)
    for hour, scan in told:
        occurred_at = NOON - timedelta(days=1) + timedelta(hours=hour)
        if moves(current=current, since=since, scanned=scan, occurred_at=occurred_at, now=NOON):
            assert occurred_at >= since
            current, since = scan, occurred_at
    assert current is S.DELIVERED
