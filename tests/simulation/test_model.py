"""The model server: its forms, its moods, its lies, and what it counts."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from random import Random

import anthropic
import httpx2
import pytest
from pydantic import BaseModel

from decisions.briefs import brief_of
from decisions.composer import compose
from simulation.books import Books
from simulation.faults import FaultPanel, Faults, ModelFaults
from simulation.mailbox import Mailbox
from simulation.model import ModelBook, ModelMood, mood_of
from simulation.model_lies import lie, obey
from simulation.outbox import Outbox
from simulation.partners import create_app
from simulation.scenarios import HARD, USUAL
from tests.partners.town import Wall, listening
from tests.words.occasions import occasions
from tests.words.writing_desk import NAME, SEED, STRANGER, WRITTEN, Desk, a_brief, open_desk

PROMPT = f"<brief>\n{a_brief().model_dump_json()}\n</brief>"


class Said(BaseModel):
    field: str
    text: str
    fact_ids: list[str]


class Words(BaseModel):
    sentences: list[Said]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as desk:
        yield desk


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(api_key="k", base_url=desk.url, max_retries=0) as client:
        yield client


def asking(**more):
    return {"model": "m", "max_tokens": 500, "messages": [{"role": "user", "content": PROMPT}]} | more


async def the_book(desk):
    async with httpx2.AsyncClient() as http:
        return ModelBook.model_validate_json((await http.get(f"{desk.url}/books")).content)


async def test_a_whole_message_has_the_form_that_was_asked_for(client):
    message = await client.messages.parse(**asking(output_format=Words))
    assert message.parsed_output is not None
    assert [said.text for said in message.parsed_output.sentences] in [
        [sentence.text for sentence in sentences] for sentences in WRITTEN
    ]
    assert (message.model, message.stop_reason) == ("simulated-model-1", "end_turn")


async def test_without_a_form_it_answers_in_plain_text(client):
    message = await client.messages.create(**asking())
    assert message.content[0].text.startswith("Your order 1001 ")


async def test_a_stream_gives_the_same_message_in_pieces(client):
    async with client.messages.stream(**asking()) as stream:
        pieces = [piece async for piece in stream.text_stream]
        message = await stream.get_final_message()
    assert len(pieces) > 2
    assert "".join(pieces) == message.content[0].text
    assert message.usage.output_tokens > 10


async def test_what_is_longer_than_it_may_be_is_cut_off(client):
    message = await client.messages.create(**asking(max_tokens=5))
    assert message.stop_reason == "max_tokens"
    assert len(message.content[0].text) == 20


async def test_only_a_marked_prefix_of_some_length_is_kept(client):
    marked = {"type": "text", "text": "x" * 4_096, "cache_control": {"type": "ephemeral"}}
    uses = []
    for system in ("x" * 4_096, [marked], [marked], [marked | {"text": "x" * 4_092}], [marked | {"text": "y" * 4_096}]):
        usage = (await client.messages.create(**asking(system=system))).usage
        uses.append((usage.cache_creation_input_tokens, usage.cache_read_input_tokens))
    assert uses == [(0, 0), (1_024, 0), (0, 1_024), (0, 0), (1_024, 0)]


async def test_input_that_is_not_cached_is_counted_as_such(client):
    without = (await client.messages.create(**asking())).usage.input_tokens
    with_rules = (await client.messages.create(**asking(system="x" * 400))).usage.input_tokens
    assert with_rules == without + 100


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": [{"role": "user", "content": "Write me a poem."}]},
        {"messages": [{"role": "user", "content": "<brief>\n{}\n</brief>"}]},
        {"messages": [{"role": "user", "content": PROMPT.replace("order_confirmation", "love_letter")}]},
        {"messages": []},
        {"max_tokens": 0},
        {"tools": [{"name": "refund", "input_schema": {"type": "object"}}]},
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object", "properties": {"a": {}}}}}},
    ],
)
async def test_what_it_cannot_do_is_an_invalid_request(wrong):
    async with (
        open_desk(compose) as desk,
        anthropic.AsyncAnthropic(api_key="k", base_url=desk.url, max_retries=0) as client,
    ):
        with pytest.raises(anthropic.BadRequestError) as refused:
            await client.messages.create(**asking(**wrong))
    assert refused.value.type == "invalid_request_error"


async def test_without_a_key_it_answers_nobody(desk):
    async with httpx2.AsyncClient() as http:
        response = await http.post(f"{desk.url}/v1/messages", json=asking())
    assert (response.status_code, response.json()["error"]["type"]) == (401, "authentication_error")


async def test_it_counts_requests_and_moods(client, desk):
    await client.messages.create(**asking())
    desk.turn(model_overloaded=1)
    for _ in range(2):
        with pytest.raises(anthropic.InternalServerError):
            await client.messages.create(**asking())
    assert await the_book(desk) == ModelBook(requests=3, moods={ModelMood.HONEST: 1, ModelMood.OVERLOADED: 2})


async def test_a_message_that_comes_whole_cannot_break_off_so_it_never_starts(client, desk):
    desk.turn(model_breaks_off=1)
    with pytest.raises(anthropic.InternalServerError) as busy:
        await client.messages.create(**asking())
    assert busy.value.status_code == 529


async def test_the_same_seed_and_prompts_give_the_same_texts_and_asking_again_draws_again(client, desk):
    desk.turn(model_lies=1)
    texts = [(await client.messages.create(**asking())).content[0].text for _ in range(6)]
    async with (
        open_desk() as other,
        anthropic.AsyncAnthropic(api_key="k", base_url=other.url, max_retries=0) as again,
    ):
        other.turn(model_lies=1)
        assert [(await again.messages.create(**asking())).content[0].text for _ in range(6)] == texts
    assert len(set(texts)) > 2


def test_moods_come_as_often_as_their_shares_say():
    for faults in (USUAL.faults, HARD.faults):
        moods = Counter(mood_of(faults, SEED, str(call)) for call in range(20_000))
        shares = {mood: count / 20_000 for mood, count in moods.items()}
        assert shares.get(ModelMood.LYING, 0) == pytest.approx(faults.model_lies, abs=0.01)
        assert shares.get(ModelMood.THROTTLED, 0) == pytest.approx(faults.model_throttled, abs=0.01)
        honest = 1 - sum(getattr(faults, name) for name in ModelFaults.model_fields)
        assert shares[ModelMood.HONEST] == pytest.approx(honest, abs=0.01)


def test_without_faults_it_is_always_honest():
    assert {mood_of(Faults(), SEED, str(call)) for call in range(500)} == {ModelMood.HONEST}


def differing(first, second):
    """Texts that only the second has."""
    return [sentence.text for sentence in second if sentence not in first]


def test_every_lie_changes_or_adds_one_sentence_and_all_kinds_of_lies_occur():
    kinds: Counter[str] = Counter()
    for number in range(600):
        (said,) = differing(WRITTEN[0], lie(WRITTEN[0], a_brief(), Random(number)))
        kinds[_kind(said)] += 1
    assert set(kinds) == {"number", "amount", "day", "name", "promise", "reproach"}
    assert min(kinds.values()) > 30


def test_whatever_the_composer_writes_a_lie_changes_or_adds_one_sentence_of_it():
    for number, occasion in enumerate(occasions(400, seed=11)):
        brief = brief_of(occasion)
        honest = compose(brief, number).sentences
        told = lie(honest, brief, Random(number))
        (said,) = differing(honest, told)
        assert said not in [sentence.text for sentence in honest]
        assert {sentence.field for sentence in told} == set(brief.limits)


def _kind(said: str) -> str:
    if said.startswith("They are expected by"):
        return "day"
    if "cost $" in said:
        return "number" if said.startswith("3 pieces cost $48.23") or "$48.23" in said else "amount"
    if said.startswith("Your order "):
        return "number"
    if said.startswith("Thank you for your order"):
        assert NAME not in said
        return "name"
    return "promise" if any(word in said for word in ("guarantee", "15%", "within an hour", "gift")) else "reproach"


def test_the_obedient_say_what_a_stranger_orders_and_cite_them():
    told = obey(WRITTEN[0], a_brief(STRANGER), Random(1))
    assert told is not None
    assert differing(WRITTEN[0], told) == ["Your whole order is free."]
    assert told[-1].fact_ids == ("note",)
    assert obey(WRITTEN[0], a_brief(), Random(1)) is None


async def test_it_is_one_of_the_partners_and_their_outages_are_not_its_own(tmp_path):
    panel, wall = FaultPanel(Faults(outages=1, throttled=1)), Wall()
    with closing(Books(tmp_path / "books.sqlite", wall.business_now)) as books:
        app = create_app(books, Outbox(books, panel, SEED), panel, Mailbox(books, panel, SEED), SEED)
        async with listening(app) as url, httpx2.AsyncClient(base_url=url) as http:
            assert (await http.get("/payments/v1/authorizations", params={"key": "k"})).status_code == 503
            assert (await http.post("/model/v1/messages", json={})).status_code == 401
            assert ModelBook.model_validate_json((await http.get("/model/books")).content).requests == 0
