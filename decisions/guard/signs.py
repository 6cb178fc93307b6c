"""How currencies and shares are written: signs, names, and words such as half and double."""

from typing import Final

SIGNS: Final = {
    "$": "USD",
    "us$": "USD",
    "ca$": "CAD",
    "c$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "nz$": "NZD",
    "s$": "SGD",
    "hk$": "HKD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "zł": "PLN",
    "fr.": "CHF",
    "sfr.": "CHF",
    "dollar": "USD",
    "dollars": "USD",
    "bucks": "USD",
    "euro": "EUR",
    "euros": "EUR",
    "quid": "GBP",
    "yen": "JPY",
    "pounds": "GBP",
    "pounds sterling": "GBP",
    "francs": "CHF",
    "franken": "CHF",
    "us dollars": "USD",
    "canadian dollars": "CAD",
}
DOLLARS: Final = {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD"}
CENTS: Final = {"cents": None, "cent": None, "¢": "USD", "pence": "GBP", "p": "GBP"}
_PARTS: Final = "half third quarter fifth sixth seventh eighth ninth tenth".split()
_NUMERATORS: Final = "one two three four five six seven eight nine".split()
_SHARES: Final = {
    f"{_NUMERATORS[n - 1]}{joint}{part}{'s' if n > 1 else ''}": f"{n}/{m}"
    for m, part in enumerate(_PARTS, 2)
    for n in range(1, m)
    for joint in (" ", "-")
} | {f"a {part}": f"1/{m}" for m, part in enumerate(_PARTS, 2) if part != "half"}
RATIOS: Final = {
    "half": "1/2",
    "halves": "1/2",
    "twice": "2",
    "double": "2",
    "doubled": "2",
    "triple": "3",
    "tripled": "3",
    "threefold": "3",
    "twofold": "2",
    "half-price": "1/2",
    "halb": "1/2",
    "hälfte": "1/2",
    "doppelt": "2",
    "moitié": "1/2",
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
} | _SHARES
