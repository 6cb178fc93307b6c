"""The refund rules once more, unit by unit on raw JSON: the oracle of the planner, sharing no code with it.

Two pots stand where the planner takes differences: what tenders captured in advance, and goodwill that no later refund
has absorbed yet.
"""

import dataclasses
from collections.abc import Callable
from fractions import Fraction

from tests.refunds.exact import Raw, Shipping, Unit, bought, half_up, is_sound, largest_remainder

Piece = Unit | Shipping
DECIMALS = {"JPY": 0, "KRW": 0, "EUR": 2, "USD": 2, "GBP": 2, "KWD": 3, "BHD": 3}
NOTHING = {"goods_minor": 0, "tax_minor": 0, "shipping_minor": 0, "shipping_tax_minor": 0}


@dataclasses.dataclass(eq=False)
class Pocket:
    """A tender."""

    tender_id: str
    gift_card: bool
    authorized: int
    held: int
    ever_captured: bool


class Refusal(Exception):
    """Carries the code."""


def expected(case: Raw) -> list[Raw]:
    """The results of a case of returns and cancels, in the format of its `expect`."""
    return [_specified(result) for result in outcomes(case)]


def outcomes(case: Raw) -> list[Raw]:
    """The results of any steps, captures among them, in words of their own."""
    if not is_sound(case["order"]):
        return [{"result": "refused", "code": "invalid_order"} for _ in case["steps"]]
    desk = Desk(case["order"], case["tender_policy"])
    return [desk.answer(step) for step in case["steps"]]


def _specified(result: Raw) -> Raw:
    if result["result"] == "refused":
        return result
    kept = ("result", "fee_minor", "label_minor", "refund_minor", "refund_decimal", "tenders")
    return {**{key: result[key] for key in kept}, **result["refunded"]}


class Desk:
    """One order, step after step."""

    def __init__(self, order: Raw, policy: str) -> None:
        self.order, self.policy = order, policy
        self.exclusive = order["tax_mode"] == "exclusive"
        self.units, self.shipping, _ = bought(order)
        self.pieces: list[Piece] = [*self.units, self.shipping]
        self.pockets = []
        for tender in order["tenders"]:
            amount, paid = tender["amount_minor"], tender["state"] == "captured"
            pocket = Pocket(tender["tender_id"], tender["kind"] == "gift_card", 0 if paid else amount, 0, paid)
            pocket.held = amount if paid else 0
            self.pockets.append(pocket)
        self.in_advance = self.unabsorbed = 0
        self.canceled = False
        self.steps: dict[str, Callable[[Raw], Raw]] = {
            "capture": self.capture,
            "capture_rest": self.capture_rest,
            "return": self.give_units_back,
            "cancel": self.cancel,
            "cancel_units": self.cancel_units,
            "goodwill": self.goodwill,
        }
        if all(tender["state"] == "captured" for tender in order["tenders"]):
            for piece in self.pieces:
                piece.state = "captured"
        else:
            self.in_advance = sum(pocket.held for pocket in self.pockets)

    def answer(self, step: Raw) -> Raw:
        if self.canceled:
            return {"result": "refused", "code": "already_canceled"}
        try:
            return {"result": "ok"} | self.steps[step["action"]](step)
        except Refusal as refusal:
            return {"result": "refused", "code": str(refusal)}

    def capture(self, step: Raw) -> Raw:
        self.check(step["units"])
        taken = self.pick(step["units"], ["open"], "over_capture")
        if not step["units"]:
            raise Refusal("nothing_to_capture")
        return self.take([*taken, *self.the_shipping("open")], step["tender_use"])

    def capture_rest(self, step: Raw) -> Raw:
        taken = [piece for piece in self.pieces if piece.state == "open"]
        if not taken:
            raise Refusal("nothing_to_capture")
        return self.take(taken, step["tender_use"])

    def take(self, pieces: list[Piece], use: str) -> Raw:
        for piece in pieces:
            piece.state = "captured"
        value = sum(self.price(piece) for piece in pieces)
        prepaid = min(value, self.in_advance)
        self.in_advance -= prepaid
        first = "gift_card_first" if use == "gift_card_first" else "gift_card_last"
        actions = []
        for pocket, share in self.split(value - prepaid, first, lambda pocket: pocket.authorized):
            pocket.authorized -= share
            pocket.held += share
            pocket.ever_captured = True
            actions.append({"tender_id": pocket.tender_id, "action": "capture", "amount_minor": share})
        return {
            "captured": self.figures(pieces),
            "prepaid_minor": prepaid,
            "capture_minor": value - prepaid,
            "tenders": actions,
        }

    def cancel(self, _: Raw) -> Raw:
        self.canceled = True
        return self.give_back(
            [piece for piece in self.pieces if piece.state == "captured"],
            [piece for piece in self.pieces if piece.state == "open"],
        )

    def cancel_units(self, step: Raw) -> Raw:
        self.check(step["units"])
        taken = self.pick(step["units"], ["open", "captured"], "over_cancel")
        if not step["units"]:
            raise Refusal("nothing_to_cancel")
        if not [unit for unit in self.units if unit.state in ("open", "captured") and unit not in taken]:
            taken += [*self.the_shipping("open"), *self.the_shipping("captured")]
        return self.give_back(
            [piece for piece in taken if piece.state == "captured"],
            [piece for piece in taken if piece.state == "open"],
        )

    def goodwill(self, step: Raw) -> Raw:
        if step["amount_minor"] < 1:
            raise Refusal("invalid_amount")
        if step["amount_minor"] > self.left():
            raise Refusal("exceeds_captured")
        self.unabsorbed += step["amount_minor"]
        return self.told([], [], 0, 0, 0, 0, step["amount_minor"], self.refund(step["amount_minor"]))

    def give_units_back(self, step: Raw) -> Raw:
        if self.shipping.state in ("open", "canceled"):
            raise Refusal("not_captured")
        self.check(step["units"])
        self.pick(step["units"], ["open", "captured"], "over_return")
        pieces: list[Piece] = self.pick(step["units"], ["captured"], "not_captured")
        if step["refund_shipping"]:
            if self.shipping.state == "refunded":
                raise Refusal("shipping_already_refunded")
            pieces.append(self.shipping)
        if not pieces:
            raise Refusal("nothing_to_refund")
        return self.give_back(pieces, [], Fraction(step["restocking_fee_rate"]), step["return_label_minor"])

    def check(self, units: list[Raw]) -> None:
        lines = [line["line_id"] for line in self.order["lines"]]
        if [each for each in units if each["line_id"] not in lines]:
            raise Refusal("unknown_line")
        if [each for each in units if each["quantity"] < 1]:
            raise Refusal("invalid_quantity")

    def pick(self, units: list[Raw], states: list[str], else_code: str) -> list[Piece]:
        """One unit after the other; of the first state as long as there are any."""
        taken: list[Piece] = []
        for each in units:
            for _ in range(each["quantity"]):
                free = [
                    unit
                    for state in states
                    for unit in self.units
                    if unit.line_id == each["line_id"] and unit.state == state and unit not in taken
                ]
                if not free:
                    raise Refusal(else_code)
                taken.append(free[0])
        return taken

    def the_shipping(self, state: str) -> list[Piece]:
        return [self.shipping] if self.shipping.state == state else []

    def price(self, piece: Unit | Shipping) -> int:
        return piece.goods + piece.tax if self.exclusive else piece.goods

    def left(self) -> int:
        """What the captured units, the captured shipping and the advance are worth, less unabsorbed goodwill."""
        pieces = [piece for piece in self.pieces if piece.state == "captured"]
        return sum(self.price(piece) for piece in pieces) + self.in_advance - self.unabsorbed

    def give_back(self, paid: list[Piece], unpaid: list[Piece], rate: Fraction = Fraction(0), label: int = 0) -> Raw:
        left = self.left()
        release = min(sum(map(self.price, unpaid)), sum(pocket.authorized for pocket in self.pockets))
        advance = sum(map(self.price, unpaid)) - release
        goods = sum(self.price(piece) for piece in paid if isinstance(piece, Unit))
        other = sum(self.price(piece) for piece in paid if isinstance(piece, Shipping)) + advance
        given = max(0, goods + other - left)
        fee = half_up(goods * rate)
        goods_left, other_left = (goods - given, other) if given <= goods else (0, other - (given - goods))
        fee = min(fee, goods_left)
        label = min(label, goods_left - fee)
        refund = goods_left - fee - label + other_left
        self.in_advance -= advance
        self.unabsorbed -= given
        actions = self.release(release) + self.refund(refund)
        told = self.told(paid, unpaid, fee, label, given, release, refund, actions)
        for piece in paid:
            piece.state = "refunded"
        for piece in unpaid:
            piece.state = "canceled"
        return told

    def release(self, amount: int) -> list[Raw]:
        actions = []
        for pocket, share in self.split(amount, self.policy, lambda pocket: pocket.authorized):
            pocket.authorized -= share
            word = "void" if pocket.authorized == 0 and not pocket.ever_captured else "release"
            actions.append({"tender_id": pocket.tender_id, "action": word, "amount_minor": share})
        return actions

    def refund(self, amount: int) -> list[Raw]:
        actions = []
        for pocket, share in self.split(amount, self.policy, lambda pocket: pocket.held):
            pocket.held -= share
            actions.append({"tender_id": pocket.tender_id, "action": "refund", "amount_minor": share})
        return actions

    def split(self, amount: int, policy: str, room: Callable[[Pocket], int]) -> list[tuple[Pocket, int]]:
        rooms = [room(pocket) for pocket in self.pockets]
        assert 0 <= amount <= sum(rooms)
        if policy == "proportional":
            shares = largest_remainder(amount, rooms)
        else:
            shares = [0] * len(rooms)
            for gift_cards in (False, True) if policy == "gift_card_last" else (True, False):
                for i, pocket in enumerate(self.pockets):
                    if pocket.gift_card is gift_cards:
                        shares[i] = min(rooms[i], amount - sum(shares))
        return [(pocket, share) for pocket, share in zip(self.pockets, shares, strict=True) if share]

    def figures(self, pieces: list[Piece]) -> Raw:
        told = dict(NOTHING)
        for piece in pieces:
            kind = "goods" if isinstance(piece, Unit) else "shipping"
            told[f"{kind}_minor"] += piece.goods
            told["tax_minor" if kind == "goods" else "shipping_tax_minor"] += piece.tax
        return told

    def told(
        self,
        paid: list[Piece],
        unpaid: list[Piece],
        fee: int,
        label: int,
        given: int,
        release: int,
        refund: int,
        actions: list[Raw],
    ) -> Raw:
        decimals = DECIMALS[self.order["currency"]]
        digits = str(refund).rjust(decimals + 1, "0")
        position = {pocket.tender_id: i for i, pocket in enumerate(self.pockets)}
        return {
            "refunded": self.figures(paid),
            "released": self.figures(unpaid),
            "fee_minor": fee,
            "label_minor": label,
            "already_given_minor": given,
            "released_minor": release,
            "refund_minor": refund,
            "refund_decimal": f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits,
            "tenders": sorted(actions, key=lambda action: position[action["tender_id"]]),
        }
