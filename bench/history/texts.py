"""What the messages of past orders say: short, and the same for every order but for its number and its customer."""

import json
from collections.abc import Mapping
from typing import Final

from contracts.outreach import MessageKind, Purpose
from contracts.words import Sentence, Violation

_BODIES: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.ORDER_CONFIRMATION: (
        "Thank you for your order {number}.",
        "We have everything that we need, and will write again as soon as it leaves.",
        "You can change or cancel it until it is packed.",
    ),
    Purpose.ORDER_HELD: (
        "We have your order {number} and are having a second look at it before it goes on.",
        "You need not do anything, and nothing was charged.",
    ),
    Purpose.SHIPPED: (
        "Your order {number} is on its way with Swift.",
        "It should be with you within three days.",
        "You can follow it under the tracking code below.",
    ),
    Purpose.DELIVERED: (
        "Your order {number} was delivered.",
        "If anything is not as it should be, please write to us.",
    ),
    Purpose.CANCELED: ("Your order {number} was canceled, as you asked.", "Nothing was charged."),
    Purpose.CARD_DECLINED: (
        "The payment of your order {number} did not go through.",
        "You can name another payment method within three days; until then we keep it for you.",
    ),
    Purpose.BACKORDER_CHOICE: (
        "Some of your order {number} is not there at the moment.",
        "You may wait, take what there is, or cancel without any cost.",
    ),
    Purpose.CASE_SUMMARY: (
        "Order {number} goes to another region than its bill.",
        "The customer ordered twice before, and both orders arrived.",
    ),
}
VIOLATIONS: Final = json.dumps(
    [
        Violation(
            code="unsupported_number", field="body", words="two days", advice="say what the fact says: three days"
        ).model_dump(mode="json")
    ]
)


def sentences(purpose: Purpose, number: int, recipient: str) -> str:
    """The draft as JSON."""
    body = [text.format(number=number) for text in _BODIES[purpose]]
    said = [("subject", f"Your order {number}"), ("body", f"Hello {recipient},"), *(("body", text) for text in body)]
    return json.dumps([Sentence(field=field, text=text, fact_ids=("number",)).model_dump() for field, text in said])


def kind(purpose: Purpose) -> MessageKind:
    return "staff" if purpose is Purpose.CASE_SUMMARY else "service"
