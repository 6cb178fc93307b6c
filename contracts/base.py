"""The two bases every message inherits."""

from pydantic import BaseModel, ConfigDict


class Contract(BaseModel):
    """Frozen. Unknown fields are ignored: histories outlive deploys, in both directions.

    Errors do not quote what did not fit: it may be about a person.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Request(Contract):
    """What comes from outside: a field nobody asked for is an error, not a guess."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="forbid")
