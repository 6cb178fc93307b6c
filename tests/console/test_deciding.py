"""A held order is settled on its page: approved, refused with a reason, once, by whom it is for."""

from tests.approvals.asked import shown, told
from tests.console.conftest import Hire
from tests.console.office import Office
from tests.console.orders import hold


async def test_a_held_order_is_approved_from_the_inbox(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana = await hire("ana")
    await ana.page.get_by_role("link", name=f"Order {held.number}").click()
    await ana.page.get_by_role("button", name="Approve").click()
    await ana.page.get_by_text("This was approved.").wait_for()
    decided = await shown(office.caller, held.approval_id)
    assert (decided["status"], decided["decided_by"]["type"]) == ("approved", "user")
    assert (f"order/{held.number}", "decided") in office.caller.engine.news
    assert "approval.decided" in await told(office.caller, held.desk.step)
    assert ana.elsewhere == []
    assert ana.complaints == []
