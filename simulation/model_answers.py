"""The forms of the Messages API: what is asked, a message whole or in pieces, and errors."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from fastapi import Response
from pydantic import Field, JsonValue
from starlette.responses import JSONResponse, StreamingResponse

from contracts.base import Contract
from contracts.writers import Usage

MODEL: Final = "simulated-model-1"
RETRY_AFTER: Final = 1  # second
PIECE: Final = 40  # characters of a text in one event
PIECES_BEFORE_BREAKING_OFF: Final = 3

StopReason = Literal["end_turn", "max_tokens", "refusal"]


class Block(Contract):
    type: Literal["text"]
    text: str
    cache_control: dict[str, JsonValue] | None = None


class Turn(Contract):
    role: Literal["user", "assistant"]
    content: str | list[Block]


class _Form(Contract):
    """A schema whose only property is the sentences: this model writes nothing else."""

    type: Literal["object"]
    properties: dict[Literal["sentences"], JsonValue]


class _Format(Contract):
    type: Literal["json_schema"]
    form: _Form = Field(alias="schema")


class _OutputConfig(Contract):
    format: _Format | None = None


class AskMessage(Contract):
    """As much of the API's request as a writer needs; one with tools is refused."""

    model: Annotated[str, Field(min_length=1)]
    max_tokens: Annotated[int, Field(ge=1)]
    messages: Annotated[list[Turn], Field(min_length=1)]
    system: str | list[Block] = ""
    stream: bool = False
    output_config: _OutputConfig = _OutputConfig()
    tools: Annotated[tuple[JsonValue, ...], Field(max_length=0)] = ()

    @property
    def as_json(self) -> bool:
        """Whether the answer must have a form; otherwise it is plain text."""
        return self.output_config.format is not None

    @property
    def prompt(self) -> str:
        """All that users say."""
        return "\n".join(text for turn in self.messages if turn.role == "user" for text in _texts(turn.content))

    @property
    def prefix(self) -> str | None:
        """The system prompt up to the last mark for the cache; None without a mark."""
        blocks = [] if isinstance(self.system, str) else self.system
        marked = [position for position, block in enumerate(blocks) if block.cache_control is not None]
        return "\n".join(_texts(blocks[: marked[-1] + 1])) if marked else None

    @property
    def rest(self) -> str:
        """What is asked beyond the prefix."""
        system = "\n".join(_texts(self.system))
        return system.removeprefix(self.prefix or "") + self.prompt


def _texts(content: str | list[Block]) -> list[str]:
    return [content] if isinstance(content, str) else [block.text for block in content]


class Reply(Contract):
    """What the model says, why it stops, and what that uses."""

    message_id: str
    text: str
    stop_reason: StopReason
    usage: Usage

    def whole(self) -> Response:
        return JSONResponse(self._message(self.text, self.stop_reason, self.usage.output_tokens))

    def in_pieces(self) -> Response:
        """Server-sent events, from message_start to message_stop."""
        return StreamingResponse(self._all_events(), media_type="text/event-stream")

    def broken_off(self) -> Response:
        """The first events, and then an error under a status that was 200 long ago."""
        return StreamingResponse(self._first_events(), media_type="text/event-stream")

    def _all_events(self) -> Iterator[str]:
        yield self._start()
        for piece in self._pieces():
            yield _delta(piece)
        yield _event("content_block_stop", {"index": 0})
        stop: dict[str, JsonValue] = {"stop_reason": self.stop_reason, "stop_sequence": None}
        yield _event("message_delta", {"delta": stop, "usage": {"output_tokens": self.usage.output_tokens}})
        yield _event("message_stop", {})

    def _first_events(self) -> Iterator[str]:
        yield self._start()
        for piece in self._pieces()[:PIECES_BEFORE_BREAKING_OFF]:
            yield _delta(piece)
        yield _event("error", {"error": {"type": "overloaded_error", "message": "Overloaded"}})

    def _start(self) -> str:
        block: dict[str, JsonValue] = {"type": "text", "text": ""}
        return (
            _event("message_start", {"message": self._message("", None, 1)})
            + _event("content_block_start", {"index": 0, "content_block": block})
            + _event("ping", {})
        )

    def _pieces(self) -> list[str]:
        return re.findall(rf"(?s).{{1,{PIECE}}}", self.text)

    def _message(self, text: str, stop_reason: StopReason | None, output_tokens: int) -> dict[str, JsonValue]:
        return {
            "id": self.message_id,
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": [{"type": "text", "text": text}] if text else [],
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": {
                "input_tokens": self.usage.input_tokens,
                "cache_creation_input_tokens": self.usage.cache_write_tokens,
                "cache_read_input_tokens": self.usage.cache_read_tokens,
                "output_tokens": output_tokens,
            },
        }


def error(status: int, kind: str, message: str, **headers: str) -> Response:
    """A header's name is written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse({"type": "error", "error": {"type": kind, "message": message}}, status, named)


def _delta(piece: str) -> str:
    return _event("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": piece}})


def _event(kind: str, data: dict[str, JsonValue]) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"
