"""What the words of a model cost, and what they can cost at most."""

from typing import Final

from contracts.writers import ModelPrices, Usage

PER_PRICE: Final = 1_000_000  # prices are for a million tokens
UNSEEN_INPUT_TOKENS: Final = 1_000  # what a provider adds to a prompt of ours, such as its words on the output's form


def cost_micros(usage: Usage, prices: ModelPrices) -> int:
    """Rounded up, once for all of it."""
    parts = (
        usage.input_tokens * prices.input_micros,
        usage.cache_write_tokens * prices.cache_write_micros,
        usage.cache_read_tokens * prices.cache_read_micros,
        usage.output_tokens * prices.output_micros,
    )
    return -(-sum(parts) // PER_PRICE)


def worst_case_micros(prompt_bytes: int, max_tokens: int, prices: ModelPrices) -> int:
    """No token is shorter than a byte, and at worst each is written to the cache, or whatever costs most."""
    dearest = max(prices.input_micros, prices.cache_write_micros, prices.cache_read_micros)
    asked = (prompt_bytes + UNSEEN_INPUT_TOKENS) * dearest
    return -(-(asked + max_tokens * prices.output_micros) // PER_PRICE)
