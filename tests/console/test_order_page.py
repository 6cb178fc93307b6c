"""An order's page: where it stands, sums that people can check, messages as they were sent, and reasons."""

import re

from adapters.postgres.clock import PostgresClock
from adapters.postgres.console_views import PostgresConsoleViews
from adapters.postgres.policies import PostgresPolicies
from console import sums
from contracts.console import OrderFile
from contracts.ids import OrderId
from tests.console.conftest import Hire
from tests.console.letters import LIE, sentences, write
from tests.console.office import Office
from tests.console.orders import authorize, hold, plan, sent
from tests.desk import Desk
from tests.shop import order_body, usd


async def file_of(office: Office, order_id: str) -> OrderFile:
    views = PostgresConsoleViews(
        office.database, clock=PostgresClock(office.database), policies=PostgresPolicies(office.database)
    )
    file = await views.order(OrderId(order_id))
    assert file is not None
    return file


async def test_the_headline_says_what_it_waits_for(office: Office, hire: Hire) -> None:
    order = await office.caller.placed(order_body())
    desk = Desk(office.database, order)
    await authorize(office.caller, desk)
    await desk.ask(await plan(office.caller, desk))
    ana = await hire("ana", f"/console/orders/{order['number']}")
    heading = await ana.heading()
    assert re.match(rf"Order {order['number']}: Waiting for (Warehouse Reno|Store Oakland) to accept", heading)
    assert ana.path == f"/console/orders/{order['id']}"


async def test_units_money_and_stock_add_up(office: Office, hire: Hire) -> None:
    order = await sent(office.caller)
    file = await file_of(office, order["id"])
    assert [(row.ordered, row.shipped, row.open) for row in sums.units(file)] == [(2, 2, 0)]
    money = sums.money(file)
    assert money.adds_up
    assert (money.total.amount, money.total.set_aside) == (4823, 4823)
    assert [(row.taken, row.left, row.adds_up) for row in sums.stock(file)] == [(2, 2, True)]
    assert sum(part.minor for part in sums.price(file)) == 4823
    ana = await hire("ana", f"/console/orders/{order['id']}")
    assert "It adds up to the order's total of 48.23 USD." in await ana.reads()


async def test_recalled_units_are_back_on_the_shelf(office: Office) -> None:
    order = await office.caller.placed(order_body())
    desk = Desk(office.database, order)
    consignment = await plan(office.caller, desk)
    await desk.recall(consignment)
    (row,) = sums.stock(await file_of(office, order["id"]))
    assert (row.taken, row.reserved, row.back, row.adds_up) == (2, 0, 2, True)


async def test_several_tenders_and_discounts_add_up_too(office: Office) -> None:
    tenders = [
        {"tender_id": "t1", "kind": "card", "amount": usd(3000), "payment_method": "pm_card"},
        {"tender_id": "t2", "kind": "gift_card", "amount": usd(740), "payment_method": "gc_1"},
    ]
    order = await office.caller.placed(order_body(order_discount=usd(1000), tenders=tenders))
    file = await file_of(office, order["id"])
    assert sum(part.minor for part in sums.price(file)) == order["total"]["amount_minor"] == 3740
    assert sums.money(file).adds_up
    assert [row.not_set_aside for row in sums.money(file).rows] == [3000, 740]


async def test_the_receipt_says_why_not_elsewhere(office: Office, hire: Hire) -> None:
    order = await sent(office.caller)
    ana = await hire("ana", f"/console/orders/{order['id']}")
    receipt = ana.page.locator("details.receipt").first
    await receipt.locator("summary").click()
    said = await receipt.inner_text()
    assert "It is proven that none costs less" in said.replace("No: it", "It")
    assert re.search(r"Why not (Warehouse Reno|Store Oakland)\?", said)
    assert "more" in said


async def test_a_message_reads_as_it_was_sent_and_not_as_it_was_rejected(office: Office, hire: Hire) -> None:
    order = await sent(office.caller)
    lie = sentences(subject="All zebras are here", text="You get a zebra.")
    truth = sentences(subject="Your mugs are on their way", greeting="Dear Ada Byron,", text="Two mugs have left.")
    await write(office.database, order, "shipped", ("some-model", lie, [LIE]), ("some-model", truth, []))
    await write(office.database, order, "delivered", ("some-model", lie, [LIE]), status="owed")
    ana = await hire("ana", f"/console/orders/{order['id']}")
    await ana.page.get_by_text("Read it: “Your mugs are on their way”").click()
    read = await ana.reads()
    assert "To ada@example.org" in read
    assert "Dear Ada Byron,\n\nTwo mugs have left." in read
    assert "1 draft did not pass" in read
    assert "written by some-model" in read
    assert "zebra" not in read
    assert "Message “Delivered” is being written" in read


async def test_a_case_summary_is_labelled_by_its_writer(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    await write(office.database, held.order, "case_summary", ("some-model", sentences(text="A first order."), []))
    ana = await hire("ana", held.path)
    read = await ana.reads()
    assert "written by model some-model" in read
    assert "A first order." in read
    await write(office.database, held.order, "case_summary", (None, sentences(text="By our own hand."), []))
    await ana.open(held.path)
    assert "written by the composer" in await ana.reads()
    await ana.open(f"/console/orders/{held.order['id']}")
    assert "By our own hand." not in await ana.reads()  # that is for who decides, no message to the customer


async def test_the_workflow_is_one_click_away(office: Office, hire: Hire) -> None:
    order = await sent(office.caller)
    ana = await hire("ana", f"/console/orders/{order['id']}")
    link = ana.page.get_by_role("link", name=f"order/{order['number']} in Temporal")
    assert await link.get_attribute("href") == (
        f"http://temporal.example/namespaces/default/workflows/order%2F{order['number']}"
    )


async def test_an_order_is_found_by_what_a_customer_says(office: Office, hire: Hire) -> None:
    order = await sent(office.caller)
    file = await file_of(office, order["id"])
    code = file.order.consignments[0].parcels[0].tracking_code
    ana = await hire("ana")
    for said in (str(order["number"]), f" {order['external_id']} ", file.person.external_ref, code):
        await ana.page.get_by_label("Find").fill(said)
        await ana.page.keyboard.press("Enter")
        await ana.page.wait_for_url(f"**/console/orders/{order['id']}")
        await ana.open("/console")
    await ana.page.get_by_label("Find").fill("nothing of ours")
    await ana.page.get_by_role("button", name="Find").click()
    assert await ana.heading() == "Nothing is called “nothing of ours”"


async def test_several_orders_of_one_customer_are_listed(office: Office, hire: Hire) -> None:
    body = order_body()
    first = await office.caller.placed(body)
    second = await office.caller.placed(order_body(customer=body["customer"]))
    ana = await hire("ana", f"/console/find?q={body['customer']['external_ref']}")
    assert await ana.heading() == f"2 orders for “{body['customer']['external_ref']}”"
    for order in (first, second):
        assert await ana.page.get_by_role("link", name=str(order["number"])).count() == 1


async def test_the_page_of_an_order_keeps_up_with_it(office: Office, hire: Hire) -> None:
    order = await office.caller.placed(order_body())
    ana = await hire("ana", f"/console/orders/{order['id']}")
    await office.caller.post(
        f"/v1/orders/{order['id']}:hold", {"reason_code": "customer_request", "note": "Till noon."}
    )
    await ana.page.get_by_text("Customer request, since").wait_for()
    assert "Till noon." in await ana.reads()
