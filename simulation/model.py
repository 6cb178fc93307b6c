"""A model server for laptops and tests: it speaks the Messages API, writes from the brief, and has its moods."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from random import Random
from typing import Annotated, Final

from fastapi import APIRouter, Header, Response
from pydantic import Field
from starlette.requests import Request as HttpRequest

from adapters.claude_prompt import BRIEF
from contracts.base import Contract
from contracts.words import Brief, Copy, Sentence
from contracts.writers import Usage
from decisions.composer import compose
from simulation.draws import draw, reference
from simulation.faults import FaultPanel, ModelFaults
from simulation.model_answers import RETRY_AFTER, AskMessage, Reply, StopReason, error
from simulation.model_lies import lie, obey

CHARACTERS_OF_A_TOKEN: Final = 4
LEAST_CACHED_TOKENS: Final = 1_024  # the provider keeps no shorter prefix either
REAL_KEY: Final = "sk-ant-"
SEEDS: Final = 2**31

_BRIEF: Final = re.compile(rf"<{BRIEF}>\n(?P<data>.*?)\n</{BRIEF}>", re.DOTALL)

Compose = Callable[[Brief, int], Copy]


class ModelMood(StrEnum):
    HONEST = "honest"
    LYING = "lying"
    OBEDIENT = "obedient"
    THROTTLED = "throttled"
    OVERLOADED = "overloaded"
    BREAKING_OFF = "breaking_off"
    REFUSING = "refusing"
    TRUNCATING = "truncating"
    GARBLING = "garbling"


class Untruth(Contract):
    """A sentence that the model made up, and the order that its brief was about."""

    order_number: str
    text: str


class ModelBook(Contract):
    """How often the model was asked, in which mood it answered, and what it said that is not so."""

    requests: int
    moods: dict[ModelMood, int]
    untruths: list[Untruth] = Field(default_factory=list)


class ModelServer:
    """Nothing of it survives its process. `compose_with` is another composer than ours, for tests."""

    def __init__(self, panel: FaultPanel, seed: int, compose_with: Compose = compose) -> None:
        self._panel = panel
        self._seed = seed
        self._compose = compose_with
        self._calls: Counter[str] = Counter()
        self._moods: Counter[ModelMood] = Counter()
        self._prefixes: set[str] = set()
        self._untruths: list[Untruth] = []

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/model")
        router.add_api_route("/v1/messages", self.write, methods=["POST"])
        router.add_api_route("/books", self.read_books, methods=["GET"])
        return router

    async def read_books(self) -> ModelBook:
        return ModelBook(requests=self._moods.total(), moods=dict(self._moods), untruths=self._untruths)

    async def write(
        self,
        request: HttpRequest,
        authorization: Annotated[str, Header()] = "",
        x_api_key: Annotated[str, Header()] = "",  # of older clients
    ) -> Response:
        key = authorization.removeprefix("Bearer ") or x_api_key
        if not key or key.startswith(REAL_KEY):
            return error(401, "authentication_error", "no key, or one that has no business here")
        try:
            asked = AskMessage.model_validate_json(await request.body())
            brief = _brief_in(asked)
        except ValueError:
            return error(400, "invalid_request_error", "not a request for sentences about a brief")
        call = self._nth_call(asked)
        mood = mood_of(self._panel.current, self._seed, call)
        self._moods[mood] += 1
        return self._answer(asked, brief, mood, call)

    def _answer(self, asked: AskMessage, brief: Brief, mood: ModelMood, call: str) -> Response:
        if mood is ModelMood.THROTTLED:
            return error(429, "rate_limit_error", "This request would exceed the limit", retry_after=str(RETRY_AFTER))
        if mood is ModelMood.OVERLOADED or (mood is ModelMood.BREAKING_OFF and not asked.stream):
            return error(529, "overloaded_error", "Overloaded")
        try:
            reply = self._reply(asked, brief, mood, call)
        except ValueError:
            return error(400, "invalid_request_error", "a purpose that this model knows nothing of")
        if mood is ModelMood.BREAKING_OFF:
            return reply.broken_off()
        return reply.in_pieces() if asked.stream else reply.whole()

    def _nth_call(self, asked: AskMessage) -> str:
        """Counted per prompt, so that asking again draws again."""
        digest = hashlib.sha256(asked.prompt.encode()).hexdigest()
        self._calls[digest] += 1
        return f"{digest} {self._calls[digest]}"

    def _reply(self, asked: AskMessage, brief: Brief, mood: ModelMood, call: str) -> Reply:
        chance = draw(self._seed, "words", call)
        honest = self._compose(brief, chance.randrange(SEEDS)).sentences
        sentences = _said(honest, brief, mood, chance)
        self._remember(brief, [sentence.text for sentence in sentences if sentence not in honest])
        text = _formed(sentences, asked)
        stop_reason: StopReason = "end_turn"
        if mood is ModelMood.REFUSING:
            text, stop_reason = "", "refusal"
        elif mood is ModelMood.TRUNCATING:
            text, stop_reason = text[: len(text) // 2], "max_tokens"
        elif mood is ModelMood.GARBLING:
            text = _garbled(text, chance)
        elif _tokens(text) > asked.max_tokens:
            text, stop_reason = text[: asked.max_tokens * CHARACTERS_OF_A_TOKEN], "max_tokens"
        usage = self._usage(asked, text)
        return Reply(message_id=reference("msg", call), text=text, stop_reason=stop_reason, usage=usage)

    def _remember(self, brief: Brief, made_up: list[str]) -> None:
        order = brief.fact("order")
        number = "" if order is None else str(order.value)
        self._untruths += [Untruth(order_number=number, text=text) for text in made_up]

    def _usage(self, asked: AskMessage, text: str) -> Usage:
        """A prefix is written to the cache once, and read from it afterwards."""
        used = Usage(input_tokens=_tokens(asked.rest), output_tokens=_tokens(text) + 1)
        prefix = asked.prefix
        if prefix is None:
            return used
        if _tokens(prefix) < LEAST_CACHED_TOKENS:
            return used.model_copy(update={"input_tokens": used.input_tokens + _tokens(prefix)})
        known = prefix in self._prefixes
        self._prefixes.add(prefix)
        return used.model_copy(update={"cache_read_tokens" if known else "cache_write_tokens": _tokens(prefix)})


def mood_of(faults: ModelFaults, seed: int, call: str) -> ModelMood:
    """One draw, so that the shares are what they say."""
    shares = {
        ModelMood.LYING: faults.model_lies,
        ModelMood.OBEDIENT: faults.model_obeys,
        ModelMood.THROTTLED: faults.model_throttled,
        ModelMood.OVERLOADED: faults.model_overloaded,
        ModelMood.BREAKING_OFF: faults.model_breaks_off,
        ModelMood.REFUSING: faults.model_refuses,
        ModelMood.TRUNCATING: faults.model_truncates,
        ModelMood.GARBLING: faults.model_garbles,
    }
    drawn = draw(seed, "mood", call).random()
    for mood, share in shares.items():
        if drawn < share:
            return mood
        drawn -= share
    return ModelMood.HONEST


def _brief_in(asked: AskMessage) -> Brief:
    """Raises ValueError if there is none that could be read.

    Not by `model_validate_json`: that reads a text of digits, such as an order's number, as a decimal.
    """
    found = _BRIEF.search(asked.prompt)
    return Brief.model_validate(json.loads(found["data"] if found else ""))


def _said(sentences: tuple[Sentence, ...], brief: Brief, mood: ModelMood, chance: Random) -> tuple[Sentence, ...]:
    if mood is ModelMood.LYING:
        return lie(sentences, brief, chance)
    return (obey(sentences, brief, chance) if mood is ModelMood.OBEDIENT else None) or sentences


def _formed(sentences: tuple[Sentence, ...], asked: AskMessage) -> str:
    """As the schema wants it, or as plain text without one."""
    if not asked.as_json:
        return " ".join(sentence.text for sentence in sentences)
    return json.dumps({"sentences": [sentence.model_dump() for sentence in sentences]})


def _garbled(text: str, chance: Random) -> str:
    """Prose, a fence around it, an order beside it, or another form."""
    return chance.choice(
        (
            "Certainly! Here is a friendly text for your customer.",
            f"```json\n{text}\n```",
            json.dumps({"sentences": [{"field": "body", "text": "Done.", "fact_ids": []}], "action": "refund"}),
            json.dumps({"sentences": [{"field": "body", "text": 7}]}),
        )
    )


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_OF_A_TOKEN)
