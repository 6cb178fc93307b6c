"""Where the simulated shop's mail arrives: a mail server on loopback, and a page to read what it took."""

import asyncio
import html
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, PlainTextResponse

from contracts.base import Contract
from simulation.answers import Refusal
from simulation.books import Books, instant
from simulation.draws import happens
from simulation.faults import FaultPanel

_SCHEMA: Final = """
create table if not exists mails (
    mail_id integer primary key, message_id text not null, recipient text not null, subject text not null,
    written_by text not null, body text not null, received_at text not null
)
"""
_TAKEN: Final = "250 taken"
_LATER: Final = "451 come back later"
_NEVER: Final = "550 nobody here by that name"


class ReceivedMail(Contract):
    mail_id: int
    message_id: str
    recipient: str
    subject: str
    written_by: str
    body: str
    received_at: str


class Mailbox:
    """Everybody's: nothing leaves this machine. Some addresses bounce, and some take nothing at the first try."""

    def __init__(self, books: Books, panel: FaultPanel, seed: int) -> None:
        self._books = books
        self._panel = panel
        self._seed = seed
        self._asked: Counter[str] = Counter()
        books.sql.execute(_SCHEMA)

    @asynccontextmanager
    async def serve(self, port: int) -> AsyncIterator[None]:
        """Take mail on that port of loopback."""
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # what it says of each mail names people
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, enable_SMTPUTF8=True, loop=loop, ident="simulated mailbox"), "127.0.0.1", port
        )
        async with server:
            yield

    def router(self) -> APIRouter:
        router = APIRouter()
        router.add_api_route("/mailbox", self.page, methods=["GET"], response_class=HTMLResponse)
        router.add_api_route("/mailbox/{mail_id}", self.show, methods=["GET"], response_class=PlainTextResponse)
        router.add_api_route("/mailbox/v1/books", self.mails, methods=["GET"])
        return router

    async def mails(self) -> list[ReceivedMail]:
        """All that was taken, the oldest first; twice if it was sent twice."""
        rows = self._books.sql.execute("select * from mails order by mail_id")
        return [ReceivedMail.model_validate(dict(row)) for row in rows]

    async def page(self) -> HTMLResponse:
        lines = "".join(
            f'<li>{mail.received_at[:16]} <a href="/mailbox/{mail.mail_id}">{html.escape(mail.subject)}</a>'
            f" ({html.escape(mail.recipient)})</li>"
            for mail in reversed(await self.mails())
        )
        return HTMLResponse(f"<!doctype html><title>Mailbox</title><h1>Mailbox</h1><ul>{lines}</ul>")

    async def show(self, mail_id: int) -> PlainTextResponse:
        row = self._books.sql.execute("select * from mails where mail_id = ?", (mail_id,)).fetchone()
        if row is None:
            raise Refusal(404, "unknown_mail")
        mail = ReceivedMail.model_validate(dict(row))
        return PlainTextResponse(
            f"To: {mail.recipient}\nSubject: {mail.subject}\nWritten by: {mail.written_by}\n\n{mail.body}"
        )

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        del server, session, rcpt_options
        if happens(self._panel.current.bounced_mail, self._seed, "bounced", address):
            return _NEVER
        self._asked[address] += 1
        is_greylisted = happens(self._panel.current.greylisted_mail, self._seed, "greylisted", address)
        if is_greylisted and self._asked[address] == 1:
            return _LATER
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        with self._books.transaction():
            self._books.sql.execute(
                "insert into mails (message_id, recipient, subject, written_by, body, received_at)"
                " values (?, ?, ?, ?, ?, ?)",
                (
                    str(mail["Message-ID"]),
                    ", ".join(envelope.rcpt_tos),
                    str(mail["Subject"]),
                    str(mail["X-Written-By"]),
                    _plain(mail),
                    instant(self._books.now()),
                ),
            )
        return _TAKEN


def _plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content()).replace("\r\n", "\n")
