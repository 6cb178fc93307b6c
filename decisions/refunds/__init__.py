"""What is captured of an order and what is given back, to the minor unit and to the right tender."""

from decisions.refunds.capture import plan_capture, plan_capture_of_the_rest
from decisions.refunds.paid import paid_order
from decisions.refunds.reversal import plan_reversal

__all__ = ["paid_order", "plan_capture", "plan_capture_of_the_rest", "plan_reversal"]
