"""Who did it: every change names its actor, the code of its reason and where it came in."""

from typing import Literal

from contracts.base import Contract


class Actor(Contract):
    """A person, a system with a key, this system itself, or a model; `id` is a reference, never a name."""

    type: Literal["user", "api_key", "system", "model"]
    id: str


STEWARD = Actor(type="system", id="steward")
PAYMENTS = Actor(type="system", id="payments")
