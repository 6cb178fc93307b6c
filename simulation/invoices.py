"""Baskets from a shop's real invoices: a CSV file with the columns of UCI Online Retail."""

import csv
import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Final, TextIO

from contracts.base import Contract
from contracts.catalogue import ProductRow
from contracts.checkout import MOST_LINES
from contracts.ids import Sku
from contracts.money import half_up
from simulation.baskets import Basket, BasketLine

COLUMNS: Final = frozenset({"InvoiceNo", "StockCode", "Description", "Quantity", "UnitPrice", "CustomerID"})
MOST_OF_A_LINE: Final = 12
DEAREST_MINOR: Final = 10**9  # a unit above that is a slip of the pen
LIGHTEST_GRAMS: Final = 40
HEAVIEST_GRAMS: Final = 800

_MERCHANDISE: Final = re.compile(r"[0-9]{5}[A-Z]{0,4}")  # postage, fees and samples have words for codes
_NUMBER: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


class Invoices(Contract):
    """Baskets in the order of the file, the products in them, and how many rows were left out, by reason."""

    baskets: list[Basket]
    products: list[ProductRow]
    skipped: dict[str, int]


class NoInvoices(Exception):
    """There is nothing to place; the message says what is wrong with the file."""


def read_invoices(path: Path, most: int) -> Invoices:
    """The first `most` invoices of the file, plain or gzipped; raises NoInvoices."""
    try:
        with _opened(path) as file:
            invoices = invoices_of(file, most)
    except (OSError, EOFError, csv.Error, NoInvoices) as error:
        raise NoInvoices(f"{path}: {error}") from None
    if not invoices.baskets:
        raise NoInvoices(f"{path}: no row is a sale of goods; left out: {invoices.skipped}")
    return invoices


def _opened(path: Path) -> TextIO:
    # A wrong byte in a description is no reason to lose the row.
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return path.open(encoding="utf-8-sig", errors="replace", newline="")


def invoices_of(file: Iterable[str], most: int) -> Invoices:
    """Rows that are no sale of goods are counted and left out; raises NoInvoices where a column is missing."""
    rows = csv.DictReader(file)
    if missing := sorted(COLUMNS - set(rows.fieldnames or ())):
        raise NoInvoices(f"the first row lacks the columns {', '.join(missing)}")
    sold: dict[str, list[BasketLine]] = {}
    customers: dict[str, str | None] = {}
    names: dict[Sku, str] = {}
    skipped = Counter[str]()
    for row in rows:
        invoice = _text(row, "InvoiceNo")
        line = _line(row) if invoice in sold or len(sold) < most else "later_invoices"
        if isinstance(line, BasketLine) and len(sold.get(invoice, ())) == MOST_LINES:
            line = "beyond_most_lines"
        if isinstance(line, str):
            skipped[line] += 1
            continue
        sold.setdefault(invoice, []).append(line)
        customers.setdefault(invoice, _text(row, "CustomerID").removesuffix(".0") or None)
        names.setdefault(line.sku, _text(row, "Description") or line.sku)
    return Invoices(
        baskets=[Basket(lines=tuple(lines), customer=customers[invoice]) for invoice, lines in sold.items()],
        products=[ProductRow(sku=sku, name=name, weight_grams=weight_of(sku)) for sku, name in names.items()],
        skipped=dict(skipped),
    )


def weight_of(sku: Sku) -> int:
    """Grams, which such a file does not tell: the same product always weighs the same."""
    digest = int.from_bytes(hashlib.sha256(sku.encode()).digest()[:4])
    return LIGHTEST_GRAMS + digest % (HEAVIEST_GRAMS - LIGHTEST_GRAMS + 1)


def _line(row: Mapping[str, str | None]) -> BasketLine | str:
    """The line, or why it is none."""
    invoice, code = _text(row, "InvoiceNo"), _text(row, "StockCode").upper()
    if invoice.upper().startswith("C") or _text(row, "Quantity").startswith("-"):
        return "cancellations"
    if not invoice or not code:
        return "bad_rows"
    if not _MERCHANDISE.fullmatch(code):
        return "fees"
    quantity, price_minor = _number(row, "Quantity"), half_up(_number(row, "UnitPrice") * 100)
    if quantity < 1 or quantity.denominator != 1 or not 1 <= price_minor <= DEAREST_MINOR:
        return "bad_rows"
    return BasketLine(sku=Sku(code), quantity=min(int(quantity), MOST_OF_A_LINE), unit_price_minor=price_minor)


def _number(row: Mapping[str, str | None], column: str) -> Fraction:
    """Zero for what is no number or negative: nobody sells nothing, or for nothing."""
    text = _text(row, column)
    return Fraction(text) if _NUMBER.fullmatch(text) else Fraction(0)


def _text(row: Mapping[str, str | None], column: str) -> str:
    return (row[column] or "").strip()
