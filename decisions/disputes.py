"""What a lost dispute means for an order's money: goodwill of that card, as far as something of it is held."""

from contracts.refunds import Goodwill, PaidOrder, Refused, ReversalPlan
from decisions.refunds import plan_reversal


def plan_loss(money: PaidOrder, tender_id: str, amount_minor: int) -> ReversalPlan | None:
    """Of the tender that was disputed, not of another one; None if nothing of it is held any more.

    So every later refund finds that much less to give back, and nothing is given back twice.
    """
    (tender,) = [each for each in money.tenders if each.tender_id == tender_id]
    alone = money.model_copy(update={"tenders": (tender,)})
    amount = min(amount_minor, alone.refundable_minor)
    if amount < 1:
        return None
    plan = plan_reversal(alone, Goodwill(amount_minor=amount), "gift_card_last")
    if isinstance(plan, Refused):
        return None
    (after,) = plan.after.tenders
    tenders = tuple(after if each.tender_id == tender_id else each for each in money.tenders)
    return plan.model_copy(update={"after": money.model_copy(update={"tenders": tenders})})
