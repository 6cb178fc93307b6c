"""Names and counts of products. A name is a merchant's text: it is never inflected, and no verb agrees with it."""

from collections.abc import Iterator
from typing import Final

from decisions.composer.saying import Phrase, Said, listed, says
from decisions.composer.voice import Voice

LONGEST_LIST: Final = 320  # code points
LONGEST_INLINE: Final = 40
_TIMES: Final = "\N{MULTIPLICATION SIGN}"


def all_units(voice: Voice) -> Phrase:
    """As in three items."""
    return voice.counted("units", "item")


def goods(voice: Voice) -> Phrase:
    """As in Stoneware mug, 350 ml (2); Desk lamp; and 3 more items. None if one of the names cannot be said."""
    if not voice.with_names or not voice.has("item1"):
        return None
    style = voice.pick("goods", len(_STYLES))
    entries = [_entry(voice, number, _STYLES[style]) for number in _numbers(voice)]
    if voice.has("more"):
        entries.append(_more(voice))
    said = [entry for entry in entries if entry is not None]
    if len(said) < len(entries):
        return None
    list_of_all = _listed(voice, said)
    return list_of_all if list_of_all and len(list_of_all.text) <= LONGEST_LIST else None


def only_product(voice: Voice) -> Phrase:
    """The name of a single product that is there once, where it is short enough for the middle of a sentence."""
    if voice.has("item2") or voice.has("more") or voice.number("count1") != 1 or not voice.with_names:
        return None
    name = voice.text("item1")
    return name if name and len(name.text) <= LONGEST_INLINE and not set(name.text) & set(",;:.") else None


def _entry(voice: Voice, number: int, style: str) -> Phrase:
    name, count = voice.text(f"item{number}"), voice.number(f"count{number}")
    if name is None or count is None:
        return None
    cited = Said("", (f"count{number}",))
    if count == 1 and style != "times":
        return says(name, cited)
    return says(f"{count} {_TIMES} ", name, cited) if style != "brackets" else says(name, f" ({count})", cited)


def _more(voice: Voice) -> Phrase:
    more = voice.number("more")
    return None if more is None else Said(f"{more:,} more item{'' if more == 1 else 's'}", ("more",))


def _listed(voice: Voice, entries: list[Said]) -> Phrase:
    """Names that contain a comma or an `and` of their own are kept apart by semicolons."""
    if any(mark in entry.text for entry in entries for mark in (",", ";", " and ", " & ")):
        return listed(entries, comma="; ", last="; and " if len(entries) > 1 else "")
    return listed(entries, comma=", ", last=", and " if voice.is_american else " and ")


def _numbers(voice: Voice) -> Iterator[int]:
    number = 1
    while voice.has(f"item{number}"):
        yield number
        number += 1


_STYLES: Final = ("times", "bare", "brackets")
