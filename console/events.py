"""Each event as a sentence that needs no manual."""

from typing import Final

from pydantic import ValidationError

from console.words import listed, money, of_each, sentence, spaced
from contracts.console import OrderFile
from contracts.events import EventType
from contracts.money import Money
from contracts.order_view import TimelineEntry

# In braces what `_about` makes of an event's facts.
_SAID: Final = {
    EventType.ORDER_PLACED: "The order was placed",
    EventType.MESSAGE_WRITTEN: "A summary for staff was written",
    EventType.ORDER_CONFIRMED: "The order is confirmed: it is paid for as far as that goes in advance",
    EventType.ORDER_ON_HOLD: "The order is held",
    EventType.ORDER_HOLD_RELEASED: "The order goes on",
    EventType.ORDER_UPDATED: "The order was changed{units}",
    EventType.ORDER_CANCEL_REQUESTED: "A cancel was asked for{units}",
    EventType.ORDER_CANCELED: "The order is canceled",
    EventType.ORDER_COMPLETED: "The order is complete",
    EventType.PAYMENT_AUTHORIZED: "{amount} was set aside",
    EventType.PAYMENT_CAPTURED: "{amount} was charged",
    EventType.PAYMENT_FAILED: "The payment provider refused{amount}{code}",
    EventType.PAYMENT_METHOD_CHANGED: "Another payment method was named",
    EventType.PAYMENT_VOIDED: "{amount} that was set aside was released",
    EventType.PAYMENT_REFUNDED: "{amount} was refunded",
    EventType.PAYMENT_GIVEN_UP: "{amount} was given up: it is not asked for any more",
    EventType.PAYMENT_DISPUTED: "The customer's bank disputes {amount}",
    EventType.PAYMENT_DISPUTE_ANSWERED: "The dispute was answered",
    EventType.PAYMENT_DISPUTE_CLOSED: "The dispute is closed{status}",
    EventType.INVENTORY_RESERVED: "Units were reserved",
    EventType.INVENTORY_RELEASED: "Units went back on the shelf",
    EventType.INVENTORY_ADJUSTED: "Stock at {node} was corrected: {quantity} of {product}",
    EventType.DECISION_RECORDED: "{decision}",
    EventType.FULFILLMENT_CREATED: "{consignment} was planned from {node}",
    EventType.FULFILLMENT_REQUESTED: "{place} was asked to send {consignment}",
    EventType.FULFILLMENT_ACCEPTED: "{place} accepted {consignment}",
    EventType.FULFILLMENT_PACKED: "{place} packed {consignment}",
    EventType.FULFILLMENT_SHIPPED: "{consignment} left {place}",
    EventType.FULFILLMENT_CANCELED: "{consignment} was called back",
    EventType.FULFILLMENT_INCOMPLETE: "Something of {consignment} will not arrive{units}{remedy}",
    EventType.FULFILLMENT_REJECTED: "{place} does not send {quantity} of {product} of {consignment}",
    EventType.FULFILLMENT_REQUEST_REFUSED: "{place} does not give {consignment} back",
    EventType.SHIPMENT_LABEL_CREATED: "Labels for {consignment} were bought",
    EventType.SHIPMENT_LABEL_REFUSED: "No label was to be had for {consignment}",
    EventType.SHIPMENT_OVERDUE: "A parcel of {consignment} is overdue",
    EventType.CLAIM_OPENED: "A delivered parcel is said not to have come",
    EventType.CLAIM_RESOLVED: "The claim was settled",
    EventType.CLAIM_DENIED: "The claim was denied",
    EventType.APPROVAL_REQUESTED: "A person was asked to decide: {question}",
    EventType.APPROVAL_VOTED: "One of two answers was given{choice}: {question}",
    EventType.APPROVAL_ESCALATED: "It is pressing, so it went to {role}: {question}",
    EventType.APPROVAL_DECIDE_IGNORED: "An answer from the Temporal UI was not counted: {question}",
    EventType.APPROVAL_DECIDED: "Decided{choice}: {question}",
    EventType.APPROVAL_EXPIRED: "Nobody answered in time{choice}: {question}",
    EventType.APPROVAL_CANCELED: "Nobody has to decide any more: {question}",
}
_DECISIONS: Final = {"risk": "The risk was assessed", "routing": "It was decided from where to send"}
_CHOICES: Final = {"approved": "approved", "rejected": "refused", "changes_requested": "changes requested"}


def said(entry: TimelineEntry, file: OrderFile) -> str:
    """By its type; a parcel's by its carrier's status, one that is not known here by its own name."""
    what = next((text for type_, text in _SAID.items() if type_ == entry.type), None)
    if what is None:
        topic, _, status = entry.type.partition(".")
        of = f" of consignment {entry.facts['number']}" if "number" in entry.facts else ""
        return sentence(f"a parcel{of}: {spaced(status)}" if topic == "shipment" else spaced(f"{topic} {status}"))
    return sentence(what.format_map(_about(entry, file)))


def _about(entry: TimelineEntry, file: OrderFile) -> dict[str, str]:
    facts = {name: value for name, value in entry.facts.items() if isinstance(value, str | int)}
    number = str(facts.get("number", ""))
    choice = _CHOICES.get(str(facts.get("choice", "")), "")
    return {
        "amount": _amount(entry),
        "consignment": f"consignment {number}" if number else "a consignment",
        "node": file.names.nodes.get(str(facts.get("node_id", "")), "a node"),
        "place": _place(number, file),
        "product": file.names.products.get(str(facts.get("sku", "")), str(facts.get("sku", "a product"))),
        "quantity": str(facts.get("quantity", "some")),
        "units": _units(entry, file),
        "code": f" ({spaced(str(facts['code']))})" if "code" in facts else "",
        "status": f": {spaced(str(facts['status']))}" if "status" in facts else "",
        "remedy": f", so it is {_REMEDIES[str(facts['remedy'])]}" if facts.get("remedy") in _REMEDIES else "",
        "role": str(facts.get("required_role", "somebody else")),
        "choice": f", {choice}" if choice else "",
        "question": _question(entry, file),
        "decision": _DECISIONS.get(str(facts.get("decision", "")), "A decision was made"),
    }


_REMEDIES: Final = {"send_again": "sent again", "refund": "refunded"}


def _amount(entry: TimelineEntry) -> str:
    try:
        said = money(Money.model_validate(entry.facts.get("amount")))
    except ValidationError:
        return "" if entry.type == EventType.PAYMENT_FAILED else "money"
    return f" {said}" if entry.type == EventType.PAYMENT_FAILED else said


def _place(number: str, file: OrderFile) -> str:
    """From where the consignment comes."""
    nodes = [each.node_id for each in file.order.consignments if each.number == number]
    return file.names.nodes.get(nodes[0], nodes[0]) if nodes else "its node"


def _question(entry: TimelineEntry, file: OrderFile) -> str:
    kinds = [spaced(each.kind) for each in file.questions if each.id == entry.subject]
    return kinds[0] if kinds else "a question"


def _units(entry: TimelineEntry, file: OrderFile) -> str:
    """From units by line, under whatever they are told as."""
    skus = {line.line_id: line.sku for line in file.order.lines}
    told = []
    for name in ("units", "canceled", "added", "not_added", "delivered"):
        by_line = entry.facts.get(name)
        if isinstance(by_line, dict) and by_line:
            named = [
                of_each(quantity, file.names.products.get(skus.get(line, ""), line))
                for line, quantity in by_line.items()
                if isinstance(quantity, int)
            ]
            told.append(listed(named) + ("" if name == "units" else f" {spaced(name)}"))
    return f": {', '.join(told)}" if told else ""
