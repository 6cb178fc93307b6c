"""What a payment provider tells later is read by its type, and a code that could quote anything is not."""

import json

import pytest
from pydantic import ValidationError

from contracts.webhooks import WEBHOOKS, CaptureFailed, DisputeClosed, DisputeOpened

WHEN = "2026-03-02T12:00:00Z"
FACT = {
    "authorization_ref": "auth_1",
    "key": "order/1001:capture:t1:1",
    "amount": {"amount_minor": 1_000, "currency": "USD"},
    "occurred_at": WHEN,
}
DISPUTE = FACT | {"dispute_ref": "dp_1", "reason": "fraudulent", "respond_by": WHEN}


def read(kind, data):
    return WEBHOOKS["payments"].validate_json(json.dumps({"type": kind, "timestamp": WHEN, "data": data}))


def test_each_is_read_by_its_type():
    assert isinstance(read("capture.failed", FACT | {"code": "insufficient_funds"}), CaptureFailed)
    assert isinstance(read("dispute.opened", DISPUTE), DisputeOpened)
    closing = {"dispute_ref": "dp_1", "outcome": "won", "occurred_at": WHEN}
    assert isinstance(read("dispute.closed", closing), DisputeClosed)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("capture.failed", FACT | {"code": "Ada Lovelace said no"}),
        ("dispute.opened", DISPUTE | {"reason": "her <name>"}),
        ("dispute.opened", DISPUTE | {"dispute_ref": "../captures"}),
        ("dispute.closed", {"dispute_ref": "dp_1", "outcome": "draw", "occurred_at": WHEN}),
    ],
)
def test_what_could_quote_somebody_or_lead_elsewhere_is_not_taken(kind, data):
    with pytest.raises(ValidationError):
        read(kind, data)
