"""The characters of a text: what cannot be seen, what looks like something else, emoji and capitals."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

PUNCTUATION: Final = frozenset("«»„“”‘’…–—·•×°€£¥§™®©−′″¢₹₩₽₺₫₱฿½¼¾⅓⅔²³µº¿¡²³‚‐‑")
SPACES: Final = frozenset(" \n\u00a0\u202f\u2009")
UNLIKE_LATIN: Final = frozenset("ıſŉĸʼ")  # Latin, but written for what they look like
_EMOJI: Final = (
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001f5ff\U0001f600-\U0001f64f\U0001f680-\U0001f6ff\U0001f780-\U0001f7ff"
    "\U0001f900-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2300-\u23ff\u203c\u2049\u2190-\u21ff\u25a0-\u25ff\u3030\u303d]"
)
EMOJI: Final = re.compile(
    rf"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_EMOJI}[\ufe0f\U0001f3fb-\U0001f3ff]*"
    rf"(?:\u200d{_EMOJI}[\ufe0f\U0001f3fb-\U0001f3ff]*)*)"
)
ACRONYMS: Final = frozenset(
    "USD EUR GBP CHF CAD AUD JPY UTC GMT UPS DHL DPD GLS USPS FEDEX ID US USA UK EU OK AM PM SKU FAQ "
    "VAT PDF SMS PIN QR "
    "TV USB LED UV DIY CET EST PST RMA PO II III IV XL XXL XS".split()
)
# What other scripts' letters are taken for; accents and full-width forms fold by their decomposition.
_LIKE: Final = {
    pair[0]: pair[1]
    for pair in "аa вb гr еe іi јj кk мm нh оo рp ѕs сc тt уy хx ԁd ԛq ԝw һh ӏl ɡg αa βb γy εe ιi κk νv οo ρp τt "
    "υu χx ωw ɑa ıi ſs".split()
}
_SAID_AS_LETTERS: Final = str.maketrans("013457@$", "oieastas")


def plain(text: str) -> str:
    """The text for reading: composed, straight quotes, ordinary spaces and hyphens."""
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


_PLAIN: Final = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\u2009": " ", "‑": "-", "‐": "-", "−": "-"}
)


def strange(text: str, known: str) -> Iterator[tuple[str, str]]:
    """Characters that do not belong, each with what is wrong with it; what stands in `known` belongs."""
    if text.isascii() and text.isprintable():
        return
    without = EMOJI.sub(" ", unicodedata.normalize("NFC", text))
    for char in dict.fromkeys(without):
        if char in known or char in SPACES or char in PUNCTUATION or " " < char < "\x7f":
            continue
        what = _what_is_wrong(char)
        if what:
            yield char, what


@lru_cache(maxsize=4096)
def _what_is_wrong(char: str) -> str | None:
    category = unicodedata.category(char)
    if category[0] in "CZ" or category in {"Mn", "Me"} or char in "\u2800\u3164\u115f\u1160\uffa0":
        return "cannot be seen"
    if category[0] == "L" and unicodedata.name(char, "").startswith("LATIN ") and char not in UNLIKE_LATIN:
        return (
            None if unicodedata.normalize("NFKC", char) == char and ord(char) < ord("\u0250") else "looks like another"
        )
    return "looks like another" if category[0] in "LN" else "is no character for a message"


def emoji(text: str) -> list[str]:
    return [] if text.isascii() else EMOJI.findall(text)


@lru_cache(maxsize=2048)
def folded(text: str) -> str:
    """What a reader takes the text for: nothing invisible, look-alikes as what they look like, small letters."""
    if text.isascii():
        return text.casefold()
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(
        _LIKE.get(char, char)
        for char in decomposed
        if unicodedata.category(char) not in {"Mn", "Me", "Cf", "Cc"} or char == "\n"
    )


def disguised(text: str) -> str:
    """`folded`, with digits and signs inside words read as the letters they stand for (ch3ap)."""
    return re.sub(r"[^\W_]*[a-z][0-9@$]+[a-z][\w@$]*", lambda found: found[0].translate(_SAID_AS_LETTERS), folded(text))


def in_capitals(text: str) -> bool:
    """Whether a sentence is shouted: nearly all of its words, names and abbreviations aside, are capitals."""
    words = [word for word in re.findall(r"[^\W\d_]{2,}", text) if word not in ACRONYMS]
    loud = [word for word in words if word.isupper()]
    if len(loud) == 1:
        return len(words) == 1 and len(loud[0]) > 3  # noqa: PLR2004 -- a lone abbreviation is none
    return len(loud) >= max(2, 0.6 * len(words))
