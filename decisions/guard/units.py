"""Units of measure: which there are, how they are written, and what they are in one another."""

import re
from fractions import Fraction
from typing import Final

# dimension: base unit, then each unit with its size in the base unit and its spellings.
_TABLE: Final = {
    "mass": [
        ("1/1000", "mg milligram milligrams"),
        ("1", "g gram grams gramm gramme grammes gr"),
        ("1000", "kg kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes"),
        ("1000000", "t tonne tonnes"),
        ("453.59237", "lb lbs pound pounds"),
        ("28.349523125", "oz ounce ounces"),
    ],
    "length": [
        ("1", "mm millimeter millimeters millimetre millimetres"),
        ("10", "cm centimeter centimeters centimetre centimetres zentimeter"),
        ("1000", "m meter meters metre metres"),
        ("1000000", "km kilometer kilometers kilometre kilometres"),
        ("25.4", "in inch inches zoll pouces"),
        ("304.8", "ft foot feet"),
        ("914.4", "yd yard yards"),
        ("1609344", "mi mile miles"),
    ],
    "volume": [
        ("1", "ml milliliter milliliters millilitre millilitres"),
        ("10", "cl centiliter centilitre"),
        ("1000", "l liter liters litre litres"),
        ("29.5735295625", "floz"),
        ("3785.411784", "gal gallon gallons"),
        ("473.176473", "pt pint pints"),
    ],
    "time": [
        ("1", "s sec secs second seconds sekunde sekunden seconde secondes"),
        ("60", "min mins minute minutes minuten"),
        ("3600", "h hr hrs hour hours stunde stunden heure heures"),
        ("86400", "d day days tag tage tagen jour jours"),
        ("604800", "week weeks wk wks woche wochen semaine semaines"),
        ("1209600", "fortnight fortnights"),
    ],
    "months": [
        ("1", "month months monat monate monaten mois"),
        ("12", "year years yr yrs jahr jahre jahren an ans année années"),
    ],
    "workdays": [("1", "workday workdays werktag werktage werktagen arbeitstag arbeitstage arbeitstagen")],
    "power": [("1", "w watt watts"), ("1000", "kw kilowatt kilowatts")],
    "energy": [("1", "wh"), ("1000", "kwh")],
    "charge": [("1", "mah")],
    "voltage": [("1", "v volt volts")],
    "data": [("1", "mb megabyte megabytes"), ("1000", "gb gigabyte gigabytes"), ("1000000", "tb terabyte terabytes")],
    "heat": [("1", "°c celsius")],
    "heat f": [("1", "°f fahrenheit")],
    "percent": [("1", "% percent prozent pourcent pourcents")],
    "points": [("1", "pp points point prozentpunkte")],
    "light": [("1", "lumen lumens lm")],
}
UNITS: Final = {
    spelling: (dimension, Fraction(size))
    for dimension, units in _TABLE.items()
    for size, spellings in units
    for spelling in spellings.split()
} | {
    "business day": ("workdays", Fraction(1)),
    "business days": ("workdays", Fraction(1)),
    "working day": ("workdays", Fraction(1)),
    "working days": ("workdays", Fraction(1)),
    "percentage points": ("points", Fraction(1)),
    "percentage point": ("points", Fraction(1)),
    "per cent": ("percent", Fraction(1)),
    "fluid ounces": ("volume", Fraction("29.5735295625")),
    "fl oz": ("volume", Fraction("29.5735295625")),
    "degrees celsius": ("heat", Fraction(1)),
    "jours ouvrés": ("workdays", Fraction(1)),
    "jours ouvrables": ("workdays", Fraction(1)),
    "pour cent": ("percent", Fraction(1)),
}
UNIT_PATTERN: Final = (
    "(?:"
    + "|".join(re.escape(unit).replace(r"\ ", r"[ -]") for unit in sorted(UNITS, key=len, reverse=True) if unit != "%")
    + r")(?![\w])\.?|%"
)
LEAST_ROUNDING: Final = Fraction(3, 100)


def unit_of(text: str | None) -> tuple[str, Fraction] | None:
    """Dimension and size in its base unit; None for what is counted (piece, item, review)."""
    if text is None:
        return None
    key = text.lower().replace("-", " ").strip()
    return (
        UNITS.get(key)
        or UNITS.get(key.rstrip("."))
        or UNITS.get(key.replace("_", " "))
        or UNITS.get(key.removesuffix("s"))
    )


def same_size(said: Fraction, decimals: int, unit: Fraction, fact: Fraction) -> bool:
    """Whether `said` units are the fact's amount (in the base unit): exactly, or after ordinary rounding."""
    exact = fact / unit
    if said == exact:
        return True
    nearest = abs(said - exact) * 2 * 10**decimals <= 1
    return nearest and abs(said - exact) <= LEAST_ROUNDING * abs(exact)
