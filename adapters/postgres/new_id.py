"""Opaque ids: a prefix that says of what, and 128 random bits."""

from typing import Literal
from uuid import uuid4

Prefix = Literal["ord", "cus", "adr", "ful", "shp", "apr", "nte", "hld", "clm", "msg", "stf"]


def new_id(prefix: Prefix) -> str:
    return f"{prefix}_{uuid4().hex}"
