"""Moments that partners tell: none is outside this century, and so none overflows when it is reckoned with."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

Instant = Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))]
