"""A choice without surprise: the same seed and the same words always choose the same."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def chosen(options: Sequence[T], *words: str) -> T:
    """One of the options, each as likely as the others over many words."""
    digest = hashlib.sha256("\x1f".join(words).encode()).digest()
    return options[int.from_bytes(digest[:8]) % len(options)]
