"""Mail over SMTP: plain text with an HTML twin, under a Message-ID that stays the same however often it is sent."""

import html
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Final
from urllib.parse import urlsplit

import aiosmtplib

from contracts.messages import Mail, MailBounced, MailNotTaken
from contracts.partners import PartnerUnavailable

DEADLINE: Final = timedelta(seconds=20)  # for the whole conversation
LATER: Final = timedelta(minutes=2)  # a server that says "not now" means minutes
_PERMANENT: Final = range(500, 600)
_NOT_POSSIBLE: Final = 553  # as a server says that an address cannot be written to
_ADDRESSES: Final = frozenset({501, 510, 511, 521, 550, 551, 553, 554, 556})  # about whom it goes to, not how
_PORTS: Final = {"smtp": 587, "smtps": 465}


class SmtpMailer:
    """Raises MailBounced for an address that takes nothing, PartnerUnavailable where trying again later is right.

    MailNotTaken where that is right and the server surely has not taken the mail.
    """

    def __init__(self, url: str, *, sender: str, login: tuple[str, str] | None = None) -> None:
        where = urlsplit(url)
        if where.scheme not in _PORTS or not where.hostname:
            raise ValueError("a mail server is named as smtp://host:port or smtps://host:port")
        self._host = where.hostname
        self._port = where.port or _PORTS[where.scheme]
        self._encrypted = where.scheme == "smtps"
        self._sender = sender
        self._login = login

    async def send(self, mail: Mail) -> None:
        if not _is_one_address(mail.to):
            raise MailBounced(_NOT_POSSIBLE)
        user, password = self._login or (None, None)
        try:
            await aiosmtplib.send(
                self._message(mail),
                sender=self._sender,
                recipients=[mail.to],
                hostname=self._host,
                port=self._port,
                use_tls=self._encrypted,
                username=user,
                password=password,
                timeout=DEADLINE.total_seconds(),
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise _refusal([refusal.code for refusal in refused.recipients]) from None
        except aiosmtplib.SMTPNotSupported:
            raise MailBounced(_NOT_POSSIBLE) from None
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPResponseException):  # no server, or one that says no
            raise MailNotTaken("mail") from None
        except aiosmtplib.SMTPException:  # its words quote addresses
            raise PartnerUnavailable("mail") from None
        except OSError:
            raise PartnerUnavailable("mail") from None

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["Message-ID"] = f"<{mail.message_id}@{parseaddr(self._sender)[1].partition('@')[2]}>"
        message["Date"] = format_datetime(mail.sent_at)
        message["From"] = self._sender
        local, _, domain = mail.to.rpartition("@")
        message["To"] = Address(_line(mail.recipient), local, domain)
        message["Subject"] = _line(mail.subject)
        message["Auto-Submitted"] = "auto-generated"
        by = mail.written_by
        message["X-Written-By"] = f"{by.writer} {by.model or by.version}"
        message.set_content("\n\n".join(mail.paragraphs) + "\n")
        message.add_alternative(_html(mail), subtype="html")
        return message


def _html(mail: Mail) -> str:
    paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in mail.paragraphs)
    return (
        f"<!doctype html><html><head><title>{html.escape(mail.subject)}</title></head><body>{paragraphs}</body></html>"
    )


def _is_one_address(to: str) -> bool:
    """What is read as several, or as a part of itself, would go to somebody else."""
    return parseaddr(to)[1] == to and to.isprintable()


def _line(text: str) -> str:
    """A header is one line, whatever a name holds."""
    return " ".join(text.split())


def _refusal(codes: list[int]) -> Exception:
    """Of the one address that there is."""
    code = max(codes)
    if code in _PERMANENT and code in _ADDRESSES:
        return MailBounced(code)
    return MailNotTaken("mail", LATER)
