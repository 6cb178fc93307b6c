"""How a model's provider can fail on the wire, and what the writer makes of it."""

import asyncio
import contextlib
import json
import logging
import traceback
from datetime import timedelta

import anthropic
import pytest
from fastapi import FastAPI, Response
from starlette.responses import StreamingResponse

from adapters.claude import ClaudeWriter
from contracts.writers import Usage, WriterBusy, WriterGarbled, WriterMisused, WriterTruncated
from tests.partners.town import a_free_port, listening
from tests.words.writing_desk import NAME, failure


class Provider:
    """Answers every request as the test says."""

    def __init__(self, answer=None) -> None:
        self.answer = answer

    async def __call__(self):
        return await self.answer()


@contextlib.asynccontextmanager
async def open_writer(provider, **options):
    app = FastAPI()
    app.add_api_route("/v1/messages", provider.__call__, methods=["POST"], response_model=None)
    async with (
        listening(app) as url,
        anthropic.AsyncAnthropic(api_key="k", base_url=url, max_retries=0, timeout=5) as client,
    ):
        yield ClaudeWriter(client, model="m", **options)


@pytest.fixture(scope="module")
def provider():
    return Provider()


@pytest.fixture(scope="module")
async def writer(provider):
    async with open_writer(provider) as writer:
        yield writer


def erring(status, kind, **headers):
    async def answer():
        body = json.dumps({"type": "error", "error": {"type": kind, "message": f"about {NAME}"}})
        return Response(body, status, headers)

    return answer


def event_of(data):
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n"


def streaming(*events, status=200):
    async def answer():
        return StreamingResponse(map(event_of, events), status, media_type="text/event-stream")

    return answer


START = {
    "type": "message_start",
    "message": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m-1",
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": 10, "output_tokens": 1},
    },
}


def saying(text, stop_reason="end_turn"):
    return streaming(
        START,
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop_reason}, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    )


@pytest.mark.parametrize(
    ("status", "kind", "headers", "reason", "retry_after"),
    [
        (429, "rate_limit_error", {"retry-after": "17"}, "throttled", timedelta(seconds=17)),
        (429, "rate_limit_error", {"retry-after-ms": "1500", "retry-after": "2"}, "throttled", timedelta(seconds=1.5)),
        (429, "rate_limit_error", {"retry-after": "Tue, 24 Nov 2026 09:00:00 GMT"}, "throttled", None),
        (529, "overloaded_error", {}, "overloaded", None),
        (529, "api_error", {}, "overloaded", None),
        (500, "api_error", {}, "out_of_order", None),
        (503, "", {"retry-after": "3"}, "out_of_order", timedelta(seconds=3)),
        (504, "timeout_error", {}, "out_of_order", None),
        (408, "request_timeout", {}, "too_slow", None),
        (409, "conflict_error", {}, "out_of_order", None),
    ],
)
async def test_statuses_that_pass_are_busy(provider, writer, status, kind, headers, reason, retry_after):
    provider.answer = erring(status, kind, **headers)
    failed = await failure(writer)
    assert isinstance(failed, WriterBusy)
    assert (failed.reason, failed.retry_after, failed.usage) == (reason, retry_after, Usage())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (402, "billing_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (413, "request_too_large"),
        (422, ""),
    ],
)
async def test_statuses_that_stay_are_our_own_mistake(provider, writer, status, kind):
    provider.answer = erring(status, kind)
    failed = await failure(writer)
    assert isinstance(failed, WriterMisused)
    assert (failed.status, failed.usage) == (status, Usage())


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("overloaded_error", "overloaded"), ("rate_limit_error", "throttled"), ("api_error", "broken_off")],
)
async def test_an_error_in_mid_stream_is_known_by_its_body(provider, writer, kind, reason):
    provider.answer = streaming(START, {"type": "error", "error": {"type": kind, "message": f"about {NAME}"}})
    failed = await failure(writer)
    assert isinstance(failed, WriterBusy)
    assert (failed.reason, failed.usage) == (reason, None)


async def test_a_wrong_request_is_our_mistake_in_mid_stream_too(provider, writer):
    provider.answer = streaming(START, {"type": "error", "error": {"type": "invalid_request_error", "message": NAME}})
    failed = await failure(writer)
    assert isinstance(failed, WriterMisused)
    assert failed.status == 400


@pytest.mark.parametrize("events", [(), (START,), ({"type": "ping"},)])
async def test_a_stream_that_ends_too_early_is_no_text(provider, writer, events):
    provider.answer = streaming(*events)
    failed = await failure(writer)
    assert isinstance(failed, WriterBusy)
    assert (failed.reason, failed.usage) == ("broken_off", None)


@pytest.mark.parametrize(
    "stream",
    [
        "event: message_start\ndata: {not json\n\n",
        "event: message_start\ndata: [1]\n\n",
        'event: message_start\ndata: {"type": "message_start"}\n\n',
        event_of(START) + event_of({"type": "content_block_delta", "index": 3, "delta": {"type": "text_delta"}}),
        event_of(START) + "event: message_stop\ndata: {}\n\n",
    ],
)
async def test_a_stream_of_something_else_is_no_text(provider, writer, stream):
    async def answer():
        return Response(stream, media_type="text/event-stream")

    provider.answer = answer
    assert isinstance(await failure(writer), WriterBusy)


async def test_a_connection_lost_in_mid_stream_is_busy_and_what_it_cost_is_unknown():
    async def lose(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\n"
        writer.write(head + f"event: message_start\ndata: {json.dumps(START)}\n\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(lose, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, ClaudeWriter.open("k", f"http://127.0.0.1:{port}", "m") as writer:
        failed = await failure(writer)
    assert isinstance(failed, WriterBusy)
    assert (failed.reason, failed.usage) == ("unreachable", None)


async def test_nobody_listening_is_busy_and_costs_nothing():
    async with ClaudeWriter.open("k", f"http://127.0.0.1:{a_free_port()}", "m") as writer:
        failed = await failure(writer)
    assert isinstance(failed, WriterBusy)
    assert (failed.reason, failed.usage) == ("unreachable", Usage())


async def test_a_silent_provider_is_left_when_the_deadline_is_over():
    never = asyncio.Event()

    async def answer():
        await never.wait()

    async with open_writer(Provider(answer), deadline=timedelta(milliseconds=50)) as writer:
        failed = await failure(writer)
        never.set()
    assert isinstance(failed, WriterBusy)
    assert (failed.reason, failed.usage) == ("too_slow", None)


@pytest.mark.parametrize(
    "answer",
    [
        "Here is your text.",
        '{"sentences": []}',
        '{"sentences": [{"field": "body", "text": " ", "fact_ids": []}]}',
        '{"sentences": [{"field": "body", "text": "Hello."}]}',
        '{"sentences": [{"field": "body", "text": "Hello.", "fact_ids": [], "html": "<b>"}]}',
        '{"sentences": [{"field": "body", "text": "Hello.", "fact_ids": []}], "action": "refund"}',
    ],
)
async def test_an_answer_of_another_form_is_garbled(provider, writer, answer):
    provider.answer = saying(answer)
    assert isinstance(await failure(writer), WriterGarbled)


async def test_a_full_context_window_is_a_truncated_text(provider, writer):
    provider.answer = saying('{"sentences', "model_context_window_exceeded")
    assert isinstance(await failure(writer), WriterTruncated)


@pytest.mark.parametrize(
    "answer",
    [
        erring(400, "invalid_request_error"),
        erring(429, "rate_limit_error"),
        streaming(START, {"type": "error", "error": {"type": "overloaded_error", "message": NAME}}),
        streaming(START, {"type": "error", "error": {"type": NAME, "message": NAME}}),
        saying(f'{{"sentences": [{{"field": "{NAME}"}}]}}'),
        saying(NAME, "refusal"),
        saying(NAME, "max_tokens"),
    ],
)
async def test_no_error_and_no_log_says_anything_of_the_person(provider, writer, answer, caplog):
    caplog.set_level(logging.INFO)
    provider.answer = answer
    failed = await failure(writer)
    assert failed.__cause__ is None
    assert failed.__context__ is None
    told = "".join(traceback.format_exception(failed)) + repr(failed) + repr(vars(failed)) + caplog.text
    for part in NAME.split():
        assert part not in told
