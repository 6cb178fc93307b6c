from random import Random

from contracts.ids import Sku
from contracts.reasons import RejectReason
from simulation.node_books import Units
from simulation.rejections import REASONS, rejected

ASKED = [
    Units(sku=Sku("MUG-01"), quantity=2),
    Units(sku=Sku("LMP-01"), quantity=1),
    Units(sku=Sku("MUG-01"), quantity=1),
]


def many():
    return [rejected(ASKED, Random(seed)) for seed in range(400)]


def test_never_more_is_rejected_than_was_asked_for_and_never_nothing():
    for lines in many():
        assert sum(units.quantity for units in lines) >= 1
        assert len({units.sku for units in lines}) == len(lines)
        assert all(units.quantity <= {"MUG-01": 3, "LMP-01": 1}[units.sku] for units in lines)


def test_every_reason_is_given_and_missing_goods_most_often():
    reasons = [lines[0].reason for lines in many()]
    assert set(reasons) == set(REASONS)
    assert max(REASONS, key=reasons.count) is RejectReason.NOT_IN_STOCK


def test_for_want_of_capacity_all_is_rejected_and_otherwise_a_part_of_one_product():
    for lines in many():
        if lines[0].reason is RejectReason.NO_CAPACITY:
            assert [(units.sku, units.quantity) for units in lines] == [("LMP-01", 1), ("MUG-01", 3)]
        else:
            assert len(lines) == 1
