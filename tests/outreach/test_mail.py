"""Mail over real SMTP: what arrives, and how a server says no, never, and not now."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from adapters.mail import SmtpMailer
from contracts.ids import MessageId
from contracts.messages import Mail, MailBounced, MailNotTaken
from contracts.partners import PartnerUnavailable
from contracts.words import WrittenBy
from simulation.answers import Refusal, refuse
from simulation.books import Books
from simulation.faults import FaultPanel, Faults
from simulation.mailbox import Mailbox
from tests.partners.town import a_free_port

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Post:
    """A mail server on loopback, and a mailer that knows it."""

    def __init__(self, mailbox: Mailbox, panel: FaultPanel, port: int) -> None:
        self.mailbox = mailbox
        self.panel = panel
        self.mailer = SmtpMailer(f"smtp://127.0.0.1:{port}", sender="orders@shop.example")


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    panel, port = FaultPanel(Faults()), a_free_port()
    with closing(Books(tmp_path / "books.sqlite", lambda: NOW)) as books:
        mailbox = Mailbox(books, panel, seed=7)
        async with mailbox.serve(port):
            yield Post(mailbox, panel, port)


def mail(**changes: object) -> Mail:
    given = {
        "message_id": MessageId("msg_1"),
        "to": "ada@example.org",
        "recipient": "Ada Byron",
        "subject": "Your order 1001 is on its way",
        "paragraphs": ("Hello Ada,", "It comes by Friday & is 2 < 3."),
        "written_by": WrittenBy(writer="composer", version="composer-1"),
        "sent_at": NOW,
    }
    return Mail.model_validate(given | changes)


async def test_a_mail_arrives_as_text_under_its_own_id_and_says_who_wrote_it(post: Post) -> None:
    await post.mailer.send(mail())
    (taken,) = await post.mailbox.mails()
    assert taken.message_id == "<msg_1@shop.example>"
    assert (taken.recipient, taken.subject) == ("ada@example.org", "Your order 1001 is on its way")
    assert taken.written_by == "composer composer-1"
    assert taken.body == "Hello Ada,\n\nIt comes by Friday & is 2 < 3.\n"


async def test_the_same_mail_sent_again_has_the_same_id(post: Post) -> None:
    await post.mailer.send(mail())
    await post.mailer.send(mail())
    assert [taken.message_id for taken in await post.mailbox.mails()] == ["<msg_1@shop.example>"] * 2


@pytest.mark.parametrize("name", ["Zoë 李", "Ada\r\nBcc: everybody@example.org", 'A "B" <c@example.org>', "a" * 200])
async def test_no_name_becomes_another_header(post: Post, name: str) -> None:
    await post.mailer.send(mail(recipient=name, subject=f"For {name}"))
    (taken,) = await post.mailbox.mails()
    assert taken.recipient == "ada@example.org"
    assert "\n" not in taken.subject


async def test_an_address_that_takes_nothing_bounces(post: Post) -> None:
    post.panel.current = Faults(bounced_mail=1)
    with pytest.raises(MailBounced) as bounced:
        await post.mailer.send(mail())
    assert bounced.value.code == 550
    assert await post.mailbox.mails() == []


@pytest.mark.parametrize(
    "to",
    ["a,b@example.org", "a:b@example.org", '"a@example.org', "a;b@example.org", "(a)@example.org", "a\x1b@example.org"],
)
async def test_what_is_not_one_address_bounces_and_nobody_else_gets_the_mail(post: Post, to: str) -> None:
    """A part of it may be an address of somebody else."""
    with pytest.raises(MailBounced) as bounced:
        await post.mailer.send(mail(to=to))
    assert bounced.value.code == 553
    assert await post.mailbox.mails() == []


async def test_an_address_that_a_server_cannot_read_bounces(post: Post) -> None:
    with pytest.raises(MailBounced):
        await post.mailer.send(mail(to="a@[example].org"))


@pytest.mark.parametrize("to", ["zo\N{LATIN SMALL LETTER E WITH DIAERESIS}@example.org", "zoe@b\u00fccher.example"])
async def test_an_address_in_any_script_is_written_to(post: Post, to: str) -> None:
    await post.mailer.send(mail(to=to, recipient="Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}"))
    (taken,) = await post.mailbox.mails()
    assert taken.recipient == to


async def test_a_server_that_says_not_now_is_asked_again_in_its_time(post: Post) -> None:
    post.panel.current = Faults(greylisted_mail=1)
    with pytest.raises(MailNotTaken) as away:
        await post.mailer.send(mail())
    assert away.value.retry_after is not None
    await post.mailer.send(mail())
    assert len(await post.mailbox.mails()) == 1


async def test_no_server_is_a_server_that_is_away_and_no_error_names_the_customer() -> None:
    mailer = SmtpMailer(f"smtp://127.0.0.1:{a_free_port()}", sender="orders@shop.example")
    with pytest.raises(MailNotTaken) as away:
        await mailer.send(mail())
    assert "ada" not in str(away.value).lower()
    assert away.value.__cause__ is None


@pytest.mark.parametrize("url", ["localhost:25", "http://127.0.0.1:25", "smtp://"])
def test_a_mail_server_is_named_by_its_url(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://host:port"):
        SmtpMailer(url, sender="orders@shop.example")


async def test_what_arrived_can_be_read(post: Post) -> None:
    await post.mailer.send(mail(subject="<b>News</b>"))
    app = FastAPI()
    app.add_exception_handler(Refusal, refuse)
    app.include_router(post.mailbox.router())
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://partners") as http:
        page = (await http.get("/mailbox")).text
        assert "&lt;b&gt;News&lt;/b&gt;" in page
        assert '<a href="/mailbox/1">' in page
        assert "It comes by Friday & is 2 < 3." in (await http.get("/mailbox/1")).text
        assert (await http.get("/mailbox/2")).status_code == 404
        assert [row["subject"] for row in (await http.get("/mailbox/v1/books")).json()] == ["<b>News</b>"]


@dataclass
class RudeServer:
    """Takes a mail, answers with these bytes, and hangs up."""

    last_words: bytes
    taken: list[bytes] = field(default_factory=list)

    @asynccontextmanager
    async def serve(self, port: int) -> AsyncIterator[None]:
        async with await asyncio.start_server(self._talk, "127.0.0.1", port):
            yield

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 at your service\r\n")
        while not (await reader.readline()).upper().startswith(b"DATA"):
            writer.write(b"250 go on\r\n")
        writer.write(b"354 speak\r\n")
        self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
        writer.write(self.last_words)
        await writer.drain()
        writer.close()


async def test_a_server_that_says_yes_and_hangs_up_has_taken_it() -> None:
    server, port = RudeServer(b"250 taken\r\n"), a_free_port()
    async with server.serve(port):
        await SmtpMailer(f"smtp://127.0.0.1:{port}", sender="orders@shop.example").send(mail())
    assert len(server.taken) == 1


async def test_a_server_that_takes_it_and_hangs_up_without_a_word_may_have_taken_it() -> None:
    server, port = RudeServer(b""), a_free_port()
    async with server.serve(port):
        with pytest.raises(PartnerUnavailable) as away:
            await SmtpMailer(f"smtp://127.0.0.1:{port}", sender="orders@shop.example").send(mail())
    assert len(server.taken) == 1
    assert not isinstance(away.value, MailNotTaken)


@pytest.mark.parametrize("last_words", [b"451 come back later\r\n", b"554 we do not like it\r\n"])
async def test_a_server_that_says_no_surely_has_not_taken_it(last_words: bytes) -> None:
    server, port = RudeServer(last_words), a_free_port()
    async with server.serve(port):
        with pytest.raises(MailNotTaken):
            await SmtpMailer(f"smtp://127.0.0.1:{port}", sender="orders@shop.example").send(mail())


async def test_the_id_of_a_mail_is_one_whatever_name_the_shop_sends_under() -> None:
    server, port = RudeServer(b"250 taken\r\n"), a_free_port()
    async with server.serve(port):
        await SmtpMailer(f"smtp://127.0.0.1:{port}", sender="The Shop <orders@shop.example>").send(mail())
    assert b"Message-ID: <msg_1@shop.example>\r\n" in server.taken[0]
