"""Every page: readable by everybody, on any screen, in light and dark; nothing foreign runs in it or is fetched."""

from itertools import pairwise
from typing import Any, Literal
from uuid import uuid4

import pytest

from adapters.postgres.intake import PostgresIntake
from contracts.catalogue import ProductRow
from contracts.ids import Sku
from tests.approvals.asked import say
from tests.console.conftest import Hire
from tests.console.letters import sentences, write
from tests.console.office import Office
from tests.console.orders import Held, hold, risky_body, sent
from tests.shop import line, order_body

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">'\"`{{7*7}} \u202eevil"
LINK = "javascript:document.title='owned'"


async def paths_of(office: Office, held: Held) -> list[str]:
    shipped = await sent(office.caller)
    decided = await hold(office.caller)
    await say(office.caller, decided.approval_id, "rejected", note="No.")
    customer = order_body()["customer"]
    for _ in range(2):
        await office.caller.placed(order_body(customer=customer))
    return [
        "/console/sign-in",
        "/console",
        held.path,
        f"/console/orders/{held.order['id']}",
        f"/console/orders/{shipped['id']}",
        decided.path,
        "/console/find?q=nothing",
        f"/console/find?q={customer['external_ref']}",
        "/console/orders/ord_0",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_bars_anybody_from_any_page(office: Office, hire: Hire, scheme: Literal["light", "dark"]) -> None:
    paths = await paths_of(office, await hold(office.caller))
    stranger, ana = await hire(None, paths[0], color_scheme=scheme), await hire("ana", color_scheme=scheme)
    assert await stranger.barriers() == []
    for path in paths[1:]:
        await ana.open(path)
        await ana.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert await ana.barriers() == [], path
    assert ana.elsewhere == []


async def test_every_page_fits_a_narrow_screen(office: Office, hire: Hire) -> None:
    paths = await paths_of(office, await hold(office.caller))
    ana = await hire("ana", viewport={"width": 390, "height": 844})
    for path in paths[1:]:
        await ana.open(path)
        await ana.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert await ana.is_as_wide_as_the_screen(), path


async def test_headings_are_in_order_on_every_page(office: Office, hire: Hire) -> None:
    paths = await paths_of(office, await hold(office.caller))
    ana = await hire("ana")
    for path in paths[1:]:
        await ana.open(path)
        levels = await ana.page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => Number(h.tagName[1]))"
        )
        assert levels[0] == 1
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), path
        assert levels.count(1) == 1


async def test_every_answer_forbids_what_is_not_ours(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana = await hire("ana")
    for path in [*await paths_of(office, held), "/console/static/console.js", "/favicon.ico"]:
        answer = await ana.page.context.request.get(f"{office.url}{path}")
        policy = answer.headers["content-security-policy"].split("; ")
        assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= set(policy)
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        text = await answer.text() if answer.headers["content-type"].startswith("text/html") else ""
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text


async def test_pages_about_people_are_not_kept_by_the_browser(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana = await hire("ana")
    answer = await ana.page.context.request.get(f"{office.url}{held.path}")
    assert answer.headers["cache-control"] == "no-store"
    sheet = await ana.page.context.request.get(f"{office.url}/console/static/console.css")
    assert sheet.headers["cache-control"] == "no-cache"
    assert "etag" in sheet.headers


async def test_hostile_text_is_only_text(office: Office, hire: Hire) -> None:
    """In the product's name, the recipient, the address, references, notes of holds, reasons, and messages."""
    held = await hold(office.caller, await hostile_body(office))
    await office.caller.post(f"/v1/orders/{held.order['id']}:hold", {"reason_code": "other", "note": HOSTILE})
    for purpose in ("order_held", "case_summary"):
        texts = sentences(subject=HOSTILE, text=HOSTILE)
        await write(office.database, held.order, purpose, (None, texts, []))
    ben = await hire("ben", held.path)
    await ben.page.get_by_label("Reason").fill(HOSTILE)
    await ben.page.get_by_role("button", name="Request changes").click()
    await ben.page.get_by_text("Changes were requested.").wait_for()
    for path in (held.path, f"/console/orders/{held.order['id']}", f"/console/find?q={LINK}", "/console"):
        await ben.open(path)
        await ben.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert "owned" not in await ben.page.title()
        assert await ben.page.locator("main script, main img, main [onerror]").count() == 0
        assert await ben.page.locator("a[href^='javascript:']").count() == 0
        assert "49" not in (await ben.reads()).split()
    await ben.open(f"/console/orders/{held.order['id']}")
    read = await ben.reads()
    assert read.count("<script>document.title='owned'</script>") >= 6
    assert LINK in read
    await ben.open(held.path)
    assert "written by the composer" in await ben.reads()
    assert ben.elsewhere == []
    assert ben.complaints == []


async def hostile_body(office: Office) -> dict[str, Any]:
    sku = Sku("HOSTILE-01")
    await PostgresIntake(office.database).store_products([ProductRow(sku=sku, name=HOSTILE, weight_grams=100)])
    body = risky_body(external_id=f"javascript:alert/{uuid4().hex[:8]}", lines=[line(sku=sku)])
    body["customer"] |= {"name": HOSTILE, "external_ref": f"javascript:alert/{uuid4().hex[:8]}"}
    body["shipping_address"] |= {"line1": HOSTILE[:100], "line2": LINK}
    return body
