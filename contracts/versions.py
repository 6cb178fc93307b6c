"""Whole numbers that callers send and columns hold: none is larger than an `integer` of PostgreSQL."""

from typing import Annotated, Final

from pydantic import Field

LARGEST_INTEGER: Final = 2**31 - 1

Version = Annotated[int, Field(strict=True, ge=1, le=LARGEST_INTEGER)]
