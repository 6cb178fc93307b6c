"""One order with all that staff may want to know of it, and the way to it from what a customer says."""

import re
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from console import questions, sums, timeline
from console.doors import AllDoors, ConsoleDoors
from console.headlines import order_headline
from console.pages import Pages
from console.sessions import PATH, Session
from contracts.ids import OrderId, order_workflow_id, shipment_workflow_id
from contracts.problems import Refused
from contracts.staff import StaffSession

router = APIRouter(prefix=f"{PATH}/orders")

SEE_OTHER: Final = 303
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")


@router.get("/{order_id}")
async def show(order_id: OrderId, doors: AllDoors, session: Session) -> Response:
    """By its id; by its number it leads there."""
    if _NUMBER.fullmatch(order_id):
        found = await doors.views.order_of_number(int(order_id))
        if found is None:
            raise Refused(404, "not_found", "there is no order of this number")
        return RedirectResponse(f"{PATH}/orders/{found}", SEE_OTHER)
    return await _page(doors, session, order_id)


async def _page(doors: ConsoleDoors, session: StaffSession, order_id: OrderId) -> Response:
    file = await doors.views.order(order_id)
    if file is None:
        raise Refused(404, "not_found", "there is no order by this id")
    pages = Pages(session, now=await doors.views.now(), zone=file.time_zone)
    number = file.order.number
    return pages.show(
        "order.html",
        file=file,
        order=file.order,
        headline=order_headline(file.order, pages.times),
        money=sums.money(file),
        price=sums.price(file),
        units=sums.units(file),
        stock=sums.stock(file),
        questions=[(questions.headline(each), each) for each in file.questions],
        entries=timeline.entries(file),
        workflow=_in_temporal(doors.temporal_ui, order_workflow_id(number)),
        workflows={
            each.number: _in_temporal(doors.temporal_ui, shipment_workflow_id(each.number))
            for each in file.order.consignments
        },
        mark=file.mark,
    )


def _in_temporal(base: str | None, workflow_id: str) -> str | None:
    """The workflow's page; `base` may name a namespace (…/namespaces/shop), otherwise it is the default one."""
    if base is None:
        return None
    namespaced = base if "/namespaces/" in base else f"{base.rstrip('/')}/namespaces/default"
    return f"{namespaced.rstrip('/')}/workflows/{quote(workflow_id, safe='')}"
