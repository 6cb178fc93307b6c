"""Refund cases: one to bend by hand, and seeded ones in which every rule of docs/refunds.md matters.

`python -m tests.refunds.cases --count 10000 --seed 1 --out FILE.jsonl` writes a file for `python -m bench refunds`.
"""

import argparse
import json
from pathlib import Path
from random import Random

from tests.refunds.exact import Raw, bought
from tests.refunds.oracle import expected

RATES = ("0", "0.19", "0.07", "0.0825", "0.5", "0.333333", "1", "0.005")
POLICIES = ("gift_card_last", "gift_card_first", "proportional")
USES = ("gift_card_first", "card_first")


def a_line(line_id: str, quantity: int, unit_price_minor: int, **changes: object) -> Raw:
    line = {
        "line_id": line_id,
        "quantity": quantity,
        "unit_price_minor": unit_price_minor,
        "discount_minor": 0,
        "tax_rate": "0",
    }
    return line | changes


def a_tender(tender_id: str, amount_minor: int, kind: str = "card", state: str = "captured") -> Raw:
    return {"tender_id": tender_id, "kind": kind, "amount_minor": amount_minor, "state": state}


def an_order(*lines: Raw, **changes: object) -> Raw:
    """EUR, tax on top, free shipping, paid by one captured card unless told otherwise."""
    order: Raw = {
        "currency": "EUR",
        "tax_mode": "exclusive",
        "lines": list(lines),
        "order_discount_minor": 0,
        "shipping_minor": 0,
        "shipping_tax_rate": "0",
    } | changes
    return {"tenders": [a_tender("t1", bought(order)[2])]} | order


def units(**quantities: int) -> list[Raw]:
    return [{"line_id": line_id, "quantity": quantity} for line_id, quantity in quantities.items()]


def a_return(*, shipping: bool = False, fee: str = "0", label: int = 0, **quantities: int) -> Raw:
    return {
        "action": "return",
        "units": units(**quantities),
        "refund_shipping": shipping,
        "restocking_fee_rate": fee,
        "return_label_minor": label,
    }


def a_case(order: Raw, *steps: Raw, policy: str = "gift_card_last") -> Raw:
    return {"case_id": "c", "topic": "by hand", "tender_policy": policy, "order": order, "steps": list(steps)}


def seeded(random: Random, number: int = 0) -> Raw:
    """A case of returns and cancels with small, odd figures; some orders unsound, some steps to be refused."""
    order = _order(random)
    steps = [_return(random, order) for _ in range(random.randint(1, 5))]
    if random.random() < 0.6:
        steps.insert(max(random.randint(0, len(steps)) for _ in range(3)), {"action": "cancel"})
    if random.random() < 0.1:
        _spoil(random, order)
    topic = f"{order['tax_mode']} {order['currency']}, {len(order['tenders'])} tenders"
    return {
        "case_id": f"seeded-{number}",
        "topic": topic,
        "tender_policy": random.choice(POLICIES),
        "order": order,
        "steps": steps,
    }


def journey(random: Random) -> Raw:
    """A case of every kind of step on a sound order, most often one that is only authorized."""
    order = _order(random, authorized=0.75)
    kinds = random.choices(
        ("capture", "capture_rest", "return", "cancel_units", "goodwill", "cancel"),
        (6, 1, 4, 4, 3, 1),
        k=random.randint(2, 9),
    )
    steps = [_step(random, order, kind) for kind in kinds]
    return a_case(order, *steps, policy=random.choice(POLICIES))


def _step(random: Random, order: Raw, kind: str) -> Raw:
    if kind == "return":
        return _return(random, order)
    step: Raw = {"action": kind}
    if kind == "goodwill":
        step["amount_minor"] = random.choice((0, 1, 13, random.randint(1, 400), random.randint(0, bought(order)[2])))
    if kind in {"capture", "cancel_units"}:
        step["units"] = _units(random, order)
    if kind in {"capture", "capture_rest"}:
        step["tender_use"] = random.choice(USES)
    return step


def _order(random: Random, authorized: float = 0.15) -> Raw:
    lines = []
    for number in range(random.choice((0, 1, 1, 2, 2, 2, 3, 4))):
        quantity, price = random.randint(1, 6), random.choice((0, 1, 7, 99, 101, 1999, random.randint(1, 5000)))
        discount = random.choice((0, 0, 1, random.randint(0, quantity * price), quantity * price))
        line = a_line(f"l{number}", quantity, price, tax_rate=random.choice(RATES))
        lines.append(line | {"discount_minor": min(discount, quantity * price)})
    net = sum(line["quantity"] * line["unit_price_minor"] - line["discount_minor"] for line in lines)
    order = an_order(
        *lines,
        currency=random.choice(("EUR", "USD", "GBP", "JPY", "KWD")),
        tax_mode=random.choice(("exclusive", "inclusive")),
        order_discount_minor=random.choice((0, 0, min(1, net), random.randint(0, net), net)),
        shipping_minor=random.choice((0, 495, 1, random.randint(0, 999))),
        shipping_tax_rate=random.choice(RATES),
    )
    return order | {"tenders": _tenders(random, bought(order)[2], authorized)}


def _tenders(random: Random, total: int, authorized: float) -> list[Raw]:
    cuts = sorted(random.randint(0, total) for _ in range(random.choice((0, 0, 1, 1, 2, 3))))
    amounts = [end - start for start, end in zip([0, *cuts], [*cuts, total], strict=True)]
    waiting = random.random() < authorized
    return [
        a_tender(
            f"t{number}",
            amount,
            random.choice(("card", "gift_card")),
            "authorized" if waiting and random.random() < 0.8 else "captured",
        )
        for number, amount in enumerate(amounts)
    ]


def _return(random: Random, order: Raw) -> Raw:
    return {
        "action": "return",
        "units": _units(random, order),
        "refund_shipping": random.random() < 0.3,
        "restocking_fee_rate": random.choice(("0", "0", "0.15", "0.333333", "1", "1.5")),
        "return_label_minor": random.choice((0, 0, 1, 399, 5000)),
    }


def _units(random: Random, order: Raw) -> list[Raw]:
    line_ids = [line["line_id"] for line in order["lines"]] * 20 + ["nowhere"]
    return [
        {"line_id": random.choice(line_ids), "quantity": random.choices((1, 2, 3, 6, 0, -1), (40, 20, 8, 2, 1, 1))[0]}
        for _ in range(random.choice((0, 1, 1, 1, 2, 2, 3)))
    ]


def _spoil(random: Random, order: Raw) -> None:
    """One of the ways in which an order can be invalid."""
    places: list[tuple[Raw, str]] = [(order, "order_discount_minor"), (order, "shipping_minor")]
    places += [(tender, "amount_minor") for tender in order["tenders"]]
    for line in order["lines"]:
        places += [(line, name) for name in ("quantity", "unit_price_minor", "discount_minor")]
    place, name = random.choice(places)
    place[name] = random.choice((-1, place[name] + 1, -place[name], 0, 3 * place[name] + 7))


def _write() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    random = Random(asked.seed)
    with asked.out.open("w", encoding="utf-8") as file:
        for number in range(asked.count):
            case = seeded(random, number)
            file.write(json.dumps(case | {"expect": expected(case)}) + "\n")


if __name__ == "__main__":
    _write()
