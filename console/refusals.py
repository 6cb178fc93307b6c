"""What the door refuses, said to a person: what happened, and what to do now."""

from typing import Final

from contracts.base import Contract
from contracts.problems import Refused


class Said(Contract):
    headline: str
    advice: str


_KINDLY: Final = {
    "wrong_role": Said(
        headline="This is not yours to decide.",
        advice="It is for somebody with another role. What you wrote is still here, so that you can pass it on.",
    ),
    "own_request": Said(
        headline="You asked this yourself.",
        advice="Whoever asks cannot approve. Ask a colleague to look at it; what you wrote is still here.",
    ),
    "stale_version": Said(
        headline="The question has changed since you opened it.",
        advice="Below is how it is now. Please read it again and decide then; what you wrote is still here.",
    ),
    "invalid_transition": Said(
        headline="Somebody was faster, or the time is over.",
        advice="Nothing of yours was recorded. Below is how it stands; what you wrote is still here.",
    ),
    "idempotency_key_reused": Said(
        headline="This form was sent before, with another answer.",
        advice="The first answer counts. Below is how it stands.",
    ),
    "request_in_flight": Said(
        headline="Your answer is still being recorded.", advice="Give it a moment, and open the case again."
    ),
    "already_approved": Said(
        headline="You have approved this already.", advice="The second yes has to be somebody else's."
    ),
    "already_rejected": Said(
        headline="You have refused this already.", advice="The second no has to be somebody else's."
    ),
}


def kindly(refused: Refused) -> Said:
    other = Said(headline="That was not possible.", advice=f"Nothing was decided: {refused.detail}.")
    return _KINDLY.get(refused.code, other)
