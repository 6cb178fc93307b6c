"""What is wrong with a request: where, by what code, in what words."""

from collections.abc import Mapping

from contracts.base import Contract


class Problem(Contract):
    """`pointer` is a JSON pointer into the body (RFC 6901)."""

    pointer: str
    code: str
    detail: str


class Refused(Exception):
    """A request that was understood and refused: an RFC 9457 problem with its HTTP status.

    `extras` are further members of the problem, `headers` of the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: list[Problem] | None = None,
        headers: Mapping[str, str] | None = None,
        **extras: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors or []
        self.headers = headers
        self.extras = extras


class DatabaseAway(Exception):
    """The database cannot be asked right now; whether the last thing asked was done is unknown. Try again later."""
