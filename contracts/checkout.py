"""What a shop says when it places an order."""

import functools
import re
from datetime import date
from typing import Annotated, Final, Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from contracts.base import Request
from contracts.countries import COUNTRIES
from contracts.money import Currency, Money
from contracts.refunds import TenderKind
from contracts.versions import Version

MOST_LINES: Final = 1_000
MOST_UNITS: Final = 1_000_000  # of a line

_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$")]
Rate = Annotated[str, StringConstraints(pattern=r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$")]
Quantity = Annotated[int, Field(strict=True, ge=1, le=MOST_UNITS)]


@functools.cache  # they are files: reading them takes milliseconds
def _zones() -> frozenset[str]:
    """Without those that are no place: of a machine that was never set up, and of the one this runs on."""
    return frozenset(available_timezones() - {"Factory", "localtime"})


def _zone(name: str) -> str:
    if name not in _zones():
        raise PydanticCustomError("unknown_time_zone", "this is not an IANA time zone")
    return name


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise PydanticCustomError("unknown_country", "this is not a country of ISO 3166-1")
    return code


def _iso_day(day: object) -> object:
    """Without this a number would be taken for seconds since 1970."""
    if not isinstance(day, date) and not (isinstance(day, str) and _ISO_DAY.fullmatch(day)):
        raise PydanticCustomError("date_format", "a day is written as 2026-12-01")
    return day


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_country)]
TimeZone = Annotated[str, AfterValidator(_zone)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1)), BeforeValidator(_iso_day)]


class Customer(Request):
    """`marketing_consent`: what the customer said about marketing now; null: nothing, what they said before counts."""

    external_ref: Code
    name: Name
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
    marketing_consent: Annotated[bool, Field(strict=True)] | None = None


class Address(Request):
    """`region` is ISO 3166-2, `country` ISO 3166-1 alpha-2; coordinates in degrees, both or neither."""

    line1: Name
    line2: Name | None = None
    city: Name
    country: Country
    region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")] | None = None
    postal_code: Annotated[str, StringConstraints(min_length=1, max_length=16)]
    latitude: Annotated[float, Field(strict=True, ge=-90, le=90, allow_inf_nan=False)] | None = None
    longitude: Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)] | None = None

    @field_validator("region")
    @classmethod
    def _of_the_country(cls, region: str | None, address: ValidationInfo) -> str | None:
        country = address.data.get("country")
        if region is not None and country is not None and not region.startswith(f"{country}-"):
            raise PydanticCustomError("region_elsewhere", "the region is one of another country")
        return region

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise PydanticCustomError("half_a_place", "latitude and longitude come together or not at all")
        return self


class Promise(Request):
    """The last day of delivery that the shop has promised, in the customer's time zone."""

    latest: Day


class OrderLine(Request):
    """`discount` is for the whole line, not per unit; `tax_rate` a fraction."""

    line_id: Code
    sku: Code
    quantity: Quantity
    unit_price: Money
    discount: Money
    tax_rate: Rate


class Tender(Request):
    """`payment_method` is the provider's token of a card (pm_…), or the reference of a gift card's code (gc_…)."""

    tender_id: Code
    kind: TenderKind
    amount: Money
    payment_method: Code


class PlaceOrder(Request):
    """One order as the shop sold it: its prices are the prices."""

    external_id: Code
    channel: Code
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
    time_zone: TimeZone
    currency: Currency
    tax_mode: Literal["exclusive", "inclusive"]
    customer: Customer
    shipping_address: Address
    billing_address: Address | None = None
    service_level: Literal["standard", "express"]
    promise: Promise | None = None
    lines: Annotated[list[OrderLine], Field(min_length=1, max_length=MOST_LINES)]
    order_discount: Money
    shipping: Money
    shipping_tax_rate: Rate
    tenders: Annotated[list[Tender], Field(min_length=1, max_length=2)]


class PayOrder(Request):
    """Another payment method for a tender that was declined; `version` as in a cancel."""

    tender_id: Code
    payment_method: Code
    version: Version | None = None


class LineToCancel(Request):
    line_id: Code
    quantity: Quantity


class CancelOrder(Request):
    """Why, in a code; `version` is the order's version the caller decided on, if it wants that checked.

    Without `lines` it is about all that has not left yet.
    """

    reason_code: Literal["customer", "fraud", "staff", "duplicate", "address", "other"] = "customer"
    note: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] | None = Field(
        default=None, validate_default=True
    )
    version: Version | None = None
    lines: Annotated[list[LineToCancel], Field(min_length=1, max_length=MOST_LINES)] | None = None

    @field_validator("lines")
    @classmethod
    def _each_line_once(cls, lines: list[LineToCancel] | None) -> list[LineToCancel] | None:
        if lines is not None and len({line.line_id for line in lines}) < len(lines):
            raise PydanticCustomError("repeated_line_id", "each line is named once")
        return lines

    @field_validator("note")
    @classmethod
    def _other_needs_a_note(cls, note: str | None, command: ValidationInfo) -> str | None:
        if note is None and command.data.get("reason_code") == "other":
            raise PydanticCustomError("note_required", "the reason `other` needs a note")
        return note
