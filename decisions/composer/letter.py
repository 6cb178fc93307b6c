"""A mail in its parts: a subject, and plans that put the parts of the body in different orders."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from decisions.composer.saying import Phrase, Said, sentence
from decisions.composer.voice import Voice

Part: TypeAlias = Callable[[Voice], Phrase]
Plan: TypeAlias = tuple[Part, ...]
"""The first part says what the mail is about; the others may say `it`."""


@dataclass(frozen=True, slots=True)
class Letter:
    subject: Part
    plans: tuple[Plan, ...]


def body(letter: Letter, voice: Voice) -> list[Said]:
    """By one of the plans whose first part can be said; of the others, parts that cannot be said are left out."""
    plans = [plan for plan in letter.plans if plan[0](voice)]
    if not plans:
        return []
    plan = plans[voice.pick("plan", len(plans))]
    return [said for part in plan if (said := part(voice))]


def greeting(voice: Voice) -> Phrase:
    name = voice.text("recipient")
    by_name = voice.fitting("greeting", *(_to(word, name) for word in ("Hello", "Hi", "Dear")))
    return by_name or voice.fitting("greeting", Said("Hello,"), Said("Good day,"))


def _to(word: str, name: Phrase) -> Phrase:
    return None if name is None else Said(f"{word} {name.text},", name.fact_ids)


def closing(voice: Voice) -> list[Said]:
    """Always a way to a person."""
    reply = voice.one_of(
        "reply",
        Said("If you have a question, just reply to this mail."),
        Said("Questions? Reply to this mail, and one of us will answer."),
        Said("If you are unsure about anything, reply to this mail and one of us will help."),
        Said("To reach one of us, reply to this mail."),
    )
    brand = voice.text("brand", longest=60)
    signed = voice.one_of(
        "signature",
        sentence("Kind regards from ", brand),
        sentence("Your team at ", brand),
        sentence("Warm regards from ", brand),
    )
    return [said for said in (reply, signed) if said]
