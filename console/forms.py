"""What a form of these pages sends: fields of text, from these pages and nowhere else."""

import hmac
from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request

from contracts.problems import Refused

MOST_FIELDS: Final = 20


async def _fields(request: Request) -> dict[str, str]:
    """The fields by name. Raises Refused for what no form of ours sends."""
    _refuse_from_elsewhere(request)
    try:
        sent = parse_qsl(
            (await request.body()).decode(),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise Refused(400, "invalid_form", "This is not a form of these pages. Please go back and try again.") from None
    return {name: value.replace("\r\n", "\n").replace("\0", "") for name, value in sent}


def _refuse_from_elsewhere(request: Request) -> None:
    """What browsers say of where a form was; tools that say nothing are not led by another site."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Refused(403, "other_origin", "This form was sent from another site, so nothing was done.")


def refuse_forged(fields: Mapping[str, str], csrf: str) -> None:
    """Raises Refused."""
    if not hmac.compare_digest(fields.get("csrf", "").encode(), csrf.encode()):
        raise Refused(403, "forged_form", "This form is not from your session, so nothing was done. Please try again.")


def local_path(text: str) -> str:
    """Where to go after signing in: a page of the console, whatever was asked for."""
    is_ours = text == "/console" or text.startswith(("/console/", "/console?"))
    is_plain = text.isascii() and text.isprintable() and "\\" not in text and "//" not in text.partition("?")[0]
    return text if is_ours and is_plain and ".." not in text.partition("?")[0] else "/console"


Fields = Annotated[dict[str, str], Depends(_fields)]
