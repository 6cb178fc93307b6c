"""A model that writes: the brief goes out as data, sentences with the facts they cite come back, unchecked."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.claude_prompt import PROMPT_VERSION, asked, system_text
from contracts.words import Brief, Copy, Sentence, WrittenBy
from contracts.writers import (
    BusyReason,
    ModelPrices,
    Rejected,
    Usage,
    WriterBusy,
    WriterFailed,
    WriterGarbled,
    WriterMisused,
    WriterRefused,
    WriterTruncated,
    Written,
)
from decisions.spending import worst_case_micros

if TYPE_CHECKING:  # it takes seconds to import
    import anthropic
    import httpx2
    from anthropic.types import Message, TextBlockParam

DEADLINE: Final = timedelta(seconds=60)  # for a whole text
SILENCE: Final = timedelta(seconds=20)  # between two pieces of it
MAX_TOKENS: Final = 4_096  # several times the longest text, whose facts are cited beside it

_BUSY_KINDS: Final[dict[str, BusyReason]] = {"rate_limit_error": "throttled", "overloaded_error": "overloaded"}
_MISUSE_KINDS: Final = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
}
_OVERLOADED: Final = 529
# What the SDK raises at a stream of something else than the events of a message; some of it quotes them.
_UNREADABLE: Final = (ValueError, TypeError, LookupError, AttributeError, RuntimeError)
_SECONDS: Final = re.compile(r"\d{1,5}(\.\d{1,3})?")
_MILLISECONDS: Final = re.compile(r"\d{1,8}")


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    field: str
    text: str
    fact_ids: list[str]


class _Words(BaseModel):
    """The form of the answer: sentences, and nothing that could be done."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sentences: list[_Said] = Field(min_length=1)


_FORM: Final[dict[str, object]] = _Words.model_json_schema()  # one for all briefs: another one would void the cache


class ClaudeWriter:
    """Raises WriterBusy, WriterRefused, WriterTruncated, WriterGarbled, WriterMisused; retries belong to the caller."""

    def __init__(self, client: "anthropic.AsyncAnthropic", *, model: str, deadline: timedelta = DEADLINE) -> None:
        self._client = client
        self._model = model
        self._deadline = deadline.total_seconds()

    @classmethod
    @asynccontextmanager
    async def open(cls, api_key: str, base_url: str | None, model: str) -> AsyncIterator[Self]:
        """Without a base URL the provider's own is asked."""
        import anthropic  # noqa: PLC0415

        logging.getLogger("anthropic").setLevel(logging.INFO)  # below that it writes whole prompts
        async with anthropic.AsyncAnthropic(
            api_key=api_key,
            base_url=base_url,
            max_retries=0,
            timeout=anthropic.Timeout(SILENCE.total_seconds(), connect=5),
            open_telemetry={"traces": {"content_mode": "metadata_only"}},
        ) as client:
            yield cls(client, model=model)

    async def write(self, brief: Brief, rejected: Rejected | None) -> Written:
        """A first text, or a better one than was rejected.

        Failures are returned up to here and not raised on the way: an error of the SDK holds the whole request, and
        no chain of causes may lead to it.
        """
        answer = await self._ask(system_text(brief), asked(brief, rejected))
        outcome = answer if isinstance(answer, WriterFailed) else _read(answer)
        if isinstance(outcome, WriterFailed):
            raise outcome
        return outcome

    def worst_case_micros(self, brief: Brief, rejected: Rejected | None, prices: ModelPrices) -> int:
        """What one call of `write` can cost at most."""
        texts = (system_text(brief), *asked(brief, rejected), str(_FORM))
        return worst_case_micros(sum(len(text.encode()) for text in texts), MAX_TOKENS, prices)

    async def _ask(self, system: str, blocks: list[str]) -> "Message | WriterFailed":
        import anthropic  # noqa: PLC0415
        import httpx2  # noqa: PLC0415

        try:
            async with asyncio.timeout(self._deadline):
                message = await self._finished(system, blocks)
        except anthropic.APIStatusError as error:
            return _refusal(error)
        except (anthropic.APITimeoutError, httpx2.TimeoutException, TimeoutError) as error:
            return WriterBusy("too_slow", usage=_used_before_sending(error))
        except (anthropic.APIConnectionError, httpx2.HTTPError) as error:
            return WriterBusy("unreachable", usage=_used_before_sending(error))
        except (anthropic.APIError, *_UNREADABLE):
            return WriterBusy("broken_off")
        return message or WriterBusy("broken_off")

    async def _finished(self, system: str, blocks: list[str]) -> "Message | None":
        """The message once it is complete; None if the stream ends before that."""
        rules: TextBlockParam = {"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}
        content: list[TextBlockParam] = [{"type": "text", "text": block} for block in blocks]
        async with self._client.messages.stream(
            model=self._model,
            max_tokens=MAX_TOKENS,
            system=[rules],
            messages=[{"role": "user", "content": content}],
            output_config={"format": {"type": "json_schema", "schema": _FORM}},
        ) as stream:
            message: Message | None = None
            async for event in stream:  # to the end, so that the connection can be used again
                if event.type == "message_stop":
                    message = event.message
        return message


def _refusal(error: "anthropic.APIStatusError") -> WriterFailed:
    """By the kind that the body names; in mid-stream the status is 200 and tells nothing.

    What fails before anything is answered costs nothing; what fails in between may.
    """
    status, kind = error.status_code, error.type or ""
    usage = None if status < HTTPStatus.BAD_REQUEST else Usage()
    if kind in _BUSY_KINDS:
        return WriterBusy(_BUSY_KINDS[kind], retry_after=_retry_after(error.response.headers), usage=usage)
    if status < HTTPStatus.BAD_REQUEST:
        return WriterMisused(_MISUSE_KINDS[kind]) if kind in _MISUSE_KINDS else WriterBusy("broken_off")
    reason = _reason(status)
    if reason is None:
        return WriterMisused(status)
    return WriterBusy(reason, retry_after=_retry_after(error.response.headers), usage=usage)


def _reason(status: int) -> BusyReason | None:
    """None if the request is wrong and not the moment."""
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "throttled"
    if status == _OVERLOADED:
        return "overloaded"
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return "too_slow"
    return "out_of_order" if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.CONFLICT else None


def _retry_after(headers: "httpx2.Headers") -> timedelta | None:
    """Milliseconds if they are given, else seconds; for the date form the caller's own backoff does as well."""
    milliseconds, seconds = headers.get("retry-after-ms", ""), headers.get("retry-after", "")
    if _MILLISECONDS.fullmatch(milliseconds):
        return timedelta(milliseconds=int(milliseconds))
    return timedelta(seconds=float(seconds)) if _SECONDS.fullmatch(seconds) else None


def _used_before_sending(error: Exception) -> Usage | None:
    """Nothing if there was no connection; of what was sent and never answered nobody knows."""
    import httpx2  # noqa: PLC0415

    never_left = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
    return Usage() if isinstance(error.__cause__, never_left) else None


def _read(message: "Message") -> Written | WriterFailed:
    usage = Usage(
        input_tokens=message.usage.input_tokens,
        cache_write_tokens=message.usage.cache_creation_input_tokens or 0,
        cache_read_tokens=message.usage.cache_read_input_tokens or 0,
        output_tokens=message.usage.output_tokens,
    )
    if message.stop_reason == "refusal":
        return WriterRefused(usage)
    if message.stop_reason in {"max_tokens", "model_context_window_exceeded"}:
        return WriterTruncated(usage)
    sentences = _sentences("".join(block.text for block in message.content if block.type == "text"))
    if not sentences:
        return WriterGarbled(usage)
    by = WrittenBy(writer="model", model=message.model, version=PROMPT_VERSION)
    return Written(copy=Copy(sentences=sentences, written_by=by), usage=usage)


def _sentences(answer: str) -> tuple[Sentence, ...]:
    """None at all if it is not the form, or if one of them is blank."""
    try:
        words = _Words.model_validate_json(answer)
    except ValidationError:
        return ()
    if not all(said.text.strip() for said in words.sentences):
        return ()
    return tuple(
        Sentence(field=said.field, text=said.text.strip(), fact_ids=tuple(said.fact_ids)) for said in words.sentences
    )
