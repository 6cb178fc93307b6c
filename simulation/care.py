"""How to look after what the simulated shop sells, as its makers say: a sentence, for some of it."""

from collections.abc import Mapping
from typing import Final

from contracts.ids import Sku

_TIPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Dry it right after washing and rub in a little oil.": ("PAN-01", "PAN-02"),
    "Let it cool before you wash it.": ("PAN-03", "POT-01", "POT-02", "POT-03", "GRL-01", "FIR-01"),
    "Wash it by hand and dry it at once.": ("KNF-01", "KNF-02", "KNF-03", "KNF-05", "SCI-01"),
    "Oil the wood a few times a year and keep it out of the dishwasher.": ("BRD-01", "BRD-02", "BOW-02", "UTN-01"),
    "It may go into the dishwasher.": ("MUG-01", "MUG-02", "BOW-01", "PLA-01", "PLA-02", "PLA-03"),
    "Rinse it with vinegar and water when it scales.": ("KET-01",),
    "Wash it cold and dry it flat.": ("BLK-01", "HAT-01", "SCK-01"),
    "Wash it at 40 degrees before the first use.": ("NAP-01", "CLO-01", "TWL-01", "TWL-02", "BLK-02"),
    "Air it for a day before the first night.": ("SLP-01", "TNT-01", "MAT-01"),
    "Clean the blades and oil the spring after use.": ("SEC-01",),
    "Empty it before the first frost.": ("PLN-01", "PLN-02", "WTR-01", "HOS-01"),
    "Rinse it with warm water and leave the lid off to dry.": ("BTL-01", "BTL-02"),
    "Turn the pen tip up when you carry it.": ("PEN-02",),
    "Charge it fully before the first use.": ("HDL-01",),
}
_OF: Final = {sku: tip for tip, skus in _TIPS.items() for sku in skus}


def care_of(sku: Sku) -> str | None:
    return _OF.get(sku)
