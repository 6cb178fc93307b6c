"""Pages from templates: everything that comes from elsewhere is escaped, and the browser is told to trust nothing."""

from datetime import datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from console import words
from console.words import Times
from contracts.staff import StaffSession

HERE: Final = Path(__file__).parent
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # without any, browsers would not say where a form was
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        money=words.money, spaced=words.spaced, answered=words.answered, sentence=words.sentence, listed=words.listed
    )
    environment.globals.update(amount=words.amount, figure=words.figure, count=words.count)
    return environment


_TEMPLATES: Final = _environment()


class Pages:
    """Of one merchant, at one moment, for whoever is signed in."""

    def __init__(self, session: StaffSession | None, *, now: datetime, zone: str) -> None:
        self._session = session
        self.times = Times(now=now, zone=zone)

    def show(self, template: str, *, status: int = 200, **shown: object) -> HTMLResponse:
        return render(template, status=status, session=self._session, times=self.times, **shown)


def render(template: str, *, status: int = 200, **shown: object) -> HTMLResponse:
    return HTMLResponse(_TEMPLATES.get_template(template).render(shown), status_code=status)
