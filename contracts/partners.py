"""How asking an outside partner can fail: nobody answers, or the answer is no."""

from datetime import timedelta


class PartnerUnavailable(Exception):
    """No answer that could be used: whether the work was done is unknown, asking again under the same key is right.

    `retry_after` is the wait the partner asked for, on the wall clock; None if it named none.
    """

    def __init__(self, partner: str, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{partner} is not available")
        self.partner = partner
        self.retry_after = retry_after


class PartnerRefused(Exception):
    """The partner understood and said no: asking the same again will not help.

    `status` is the HTTP status, `code` the partner's own word for the reason.
    """

    def __init__(self, partner: str, status: int, code: str) -> None:
        super().__init__(f"{partner} refused: {code} ({status})")
        self.partner = partner
        self.status = status
        self.code = code
