import gzip
from fractions import Fraction

import pytest

from contracts.checkout import MOST_LINES
from contracts.ids import Sku
from simulation.invoices import HEAVIEST_GRAMS, LIGHTEST_GRAMS, NoInvoices, invoices_of, read_invoices, weight_of

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def sheet(*rows):
    return [HEADER, *rows]


def row(invoice="536365", code="85123A", quantity="6", price="2.55", customer="17850", name="WHITE HEART"):
    return f"{invoice},{code},{name},{quantity},2010-12-01 08:26:00,{price},{customer},United Kingdom"


def test_a_basket_is_an_invoice_and_two_lines_of_a_product_stay_two():
    found = invoices_of(sheet(row(), row(code="71053", quantity="2"), row(quantity="1"), row("536366")), most=9)
    assert [[(line.sku, line.quantity) for line in basket.lines] for basket in found.baskets] == [
        [("85123A", 6), ("71053", 2), ("85123A", 1)],
        [("85123A", 6)],
    ]
    assert [product.sku for product in found.products] == ["85123A", "71053"]
    assert found.skipped == {}


def test_rows_of_an_invoice_that_lie_apart_are_one_basket():
    found = invoices_of(sheet(row("1"), row("2"), row("1", code="71053")), most=9)
    assert [len(basket.lines) for basket in found.baskets] == [2, 1]


def test_quantities_are_capped_and_prices_rounded_half_up_to_the_cent():
    found = invoices_of(
        sheet(row(quantity="432", price="0.125"), row("2", price="3"), row("3", price="12.004")), most=9
    )
    assert [basket.lines[0].quantity for basket in found.baskets] == [12, 6, 6]
    assert [basket.lines[0].unit_price_minor for basket in found.baskets] == [13, 300, 1200]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row("C536365", quantity="-6"), "cancellations"),
        (row(quantity="-6"), "cancellations"),
        (row(code="POST"), "fees"),
        (row(code="BANK CHARGES"), "fees"),
        (row(code="D"), "fees"),
        (row(code="gift_0001_20"), "fees"),
        (row(quantity="0"), "bad_rows"),
        (row(quantity="1.5"), "bad_rows"),
        (row(quantity="six"), "bad_rows"),
        (row(price="0"), "bad_rows"),
        (row(price="0.004"), "bad_rows"),
        (row(price="-11062.06"), "bad_rows"),
        (row(price="1e9"), "bad_rows"),
        (row(price="99999999.99"), "bad_rows"),
        (row(price=""), "bad_rows"),
        (row(invoice=""), "bad_rows"),
        (row(code=""), "bad_rows"),
        ("536365,85123A", "bad_rows"),
    ],
)
def test_a_row_that_is_no_sale_of_goods_is_counted_and_left_out(bad, reason):
    found = invoices_of(sheet(bad, row("7")), most=9)
    assert found.skipped == {reason: 1}
    assert [product.sku for product in found.products] == ["85123A"]
    assert len(found.baskets) == 1


def test_only_as_many_invoices_are_taken_as_asked_for_and_only_their_products():
    found = invoices_of(sheet(row("C1"), row("1"), row("2"), row("3", code="71053"), row("1", code="22752")), most=2)
    assert len(found.baskets) == 2
    assert [product.sku for product in found.products] == ["85123A", "22752"]
    assert found.skipped == {"cancellations": 1, "later_invoices": 1}


def test_a_customer_may_be_unknown_and_a_description_missing():
    found = invoices_of(sheet(row(customer=""), row("2", customer="17850.0", name="")), most=9)
    assert [basket.customer for basket in found.baskets] == [None, "17850"]
    assert found.products[0].name == "WHITE HEART"
    assert invoices_of(sheet(row(name="")), most=1).products[0].name == "85123A"


def test_an_invoice_has_no_more_lines_than_an_order_may_have():
    found = invoices_of(sheet(*[row()] * (MOST_LINES + 3)), most=9)
    assert len(found.baskets[0].lines) == MOST_LINES
    assert found.skipped == {"beyond_most_lines": 3}


def test_a_product_always_weighs_the_same_and_not_all_weigh_alike():
    weights = {weight_of(Sku(f"{number}A")) for number in range(10_000, 10_400)}
    assert weight_of(Sku("85123A")) == weight_of(Sku("85123A"))
    assert len(weights) > 200
    assert min(weights) >= LIGHTEST_GRAMS
    assert max(weights) <= HEAVIEST_GRAMS
    assert abs(Fraction(sum(weights), len(weights)) - (LIGHTEST_GRAMS + HEAVIEST_GRAMS) // 2) < 40


def test_plain_and_gzipped_files_are_read_whatever_their_bytes(tmp_path):
    text = "\r\n".join(sheet(row(name="£5 TIN"))) + "\r\n"
    (tmp_path / "plain.csv").write_bytes("\ufeff".encode() + text.encode())
    (tmp_path / "old.csv").write_bytes(text.encode("latin-1"))
    (tmp_path / "small.csv.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("plain.csv", "old.csv", "small.csv.gz"):
        assert len(read_invoices(tmp_path / name, most=1).baskets) == 1, name


def test_what_cannot_be_placed_is_told_in_one_line(tmp_path):
    (tmp_path / "other.csv").write_text("InvoiceNo,StockCode\n1,2\n")
    (tmp_path / "fees.csv").write_text("\n".join(sheet(row(code="POST"))))
    (tmp_path / "broken.csv.gz").write_bytes(gzip.compress(b"InvoiceNo")[:-4])
    for name, said in {
        "other.csv": "lacks the columns CustomerID, Description, Quantity, UnitPrice",
        "fees.csv": "no row is a sale of goods",
        "broken.csv.gz": "broken.csv.gz: ",
        "absent.csv": "No such file",
    }.items():
        with pytest.raises(NoInvoices) as told:
            read_invoices(tmp_path / name, most=1)
        assert said in str(told.value)
        assert "\n" not in str(told.value)
