"""Chance without surprise: the same seed and the same words always give the same draw and the same reference."""

import hashlib
from random import Random


def draw(seed: int, *words: str) -> Random:
    return Random(":".join((str(seed), *words)))


def happens(rate: float, seed: int, *words: str) -> bool:
    """True for that share of all words."""
    return draw(seed, *words).random() < rate


def reference(prefix: str, *words: str) -> str:
    """auth_0123456789abcdef"""
    return f"{prefix}_{hashlib.sha256(':'.join(words).encode()).hexdigest()[:16]}"
