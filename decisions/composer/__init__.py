"""The composer: writes a text of a brief by a grammar of sentence plans; the same brief and seed give the same text."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from contracts.words import Brief, Copy, Sentence, WrittenBy, joined
from decisions.composer import case
from decisions.composer.backorder import BACKORDER
from decisions.composer.canceled import CANCELED
from decisions.composer.confirmation import CONFIRMATION
from decisions.composer.declined import DECLINED
from decisions.composer.delivered import DELIVERED
from decisions.composer.held import HELD
from decisions.composer.letter import body, closing, greeting
from decisions.composer.saying import Phrase, Said
from decisions.composer.shipped import SHIPPED
from decisions.composer.voice import Voice

VERSION: Final = "composer-1"
LETTERS: Final = MappingProxyType(
    {
        "order_confirmation": CONFIRMATION,
        "order_held": HELD,
        "shipped": SHIPPED,
        "delivered": DELIVERED,
        "canceled": CANCELED,
        "card_declined": DECLINED,
        "backorder_choice": BACKORDER,
    }
)


def compose(brief: Brief, seed: int) -> Copy:
    """With the names of products, or without them where they would take more room than the brief gives.

    ValueError: there is no grammar for the purpose.
    """
    by_name = _written(Voice(brief, seed, with_names=True))
    sentences = by_name if _fits(by_name, brief) else _written(Voice(brief, seed, with_names=False))
    return Copy(sentences=sentences, written_by=WrittenBy(writer="composer", version=VERSION))


def _written(voice: Voice) -> tuple[Sentence, ...]:
    fields: dict[str, Sequence[Phrase]]
    if voice.purpose == "case_summary":
        fields = {"headline": [case.headline(voice)], "odd": case.odd(voice), "in_favour": case.in_favour(voice)}
    elif letter := LETTERS.get(voice.purpose):
        fields = {
            "subject": [letter.subject(voice)],
            "greeting": [greeting(voice)],
            "body": body(letter, voice),
            "closing": closing(voice),
        }
    else:
        raise ValueError(f"there is no grammar for {voice.purpose}")
    return tuple(_sentence(field, said) for field, phrases in fields.items() for said in phrases if said)


def _sentence(field: str, said: Said) -> Sentence:
    return Sentence(field=field, text=said.text[:1].upper() + said.text[1:], fact_ids=said.fact_ids)


def _fits(sentences: tuple[Sentence, ...], brief: Brief) -> bool:
    return all(
        len(joined(sentence.text for sentence in sentences if sentence.field == field)) <= limit
        for field, limit in brief.limits.items()
    )
