"""A held order is settled on its page: approved, refused with a reason, once, by whom it is for."""

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from adapters.postgres import approvals
from contracts.actors import Actor
from contracts.approvals import Question
from tests.approvals.asked import say, shown, timeline, told
from tests.console.browsing import Person
from tests.console.conftest import Hire
from tests.console.office import Office
from tests.console.orders import Held, dear_body, hold

REASON = "The phone number is nobody's."


async def answer(person: Person, name: str, reason: str | None = None) -> None:
    if reason is not None:
        await person.page.get_by_label("Reason").fill(reason)
    await person.page.get_by_role("button", name=name).click()


async def typed(person: Person) -> str:
    return await person.page.get_by_label("Reason").input_value()


async def votes(office: Office, held: Held) -> list[str]:
    return [vote["choice"] for vote in (await shown(office.caller, held.approval_id))["votes"]]


async def test_a_held_order_is_approved_from_the_inbox(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana = await hire("ana")
    await ana.page.get_by_role("link", name=f"Order {held.number} ").click()
    await answer(ana, "Approve")
    await ana.page.get_by_text("This was approved.").wait_for()
    decided = await shown(office.caller, held.approval_id)
    assert (decided["status"], decided["decided_by"]["type"]) == ("approved", "user")
    assert (f"order/{held.number}", "decided") in office.caller.engine.news
    assert "approval.decided" in await told(office.caller, held.desk.step)
    assert (await timeline(office.caller, held.desk.step))[-1]["source"] == "console"
    assert ana.elsewhere == []
    assert ana.complaints == []


async def test_a_refusal_needs_a_reason_and_keeps_it(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana = await hire("ana", held.path)
    await answer(ana, "Refuse")
    await expect(ana.page.get_by_role("alert")).to_contain_text("Please say why.")
    assert await votes(office, held) == []
    await answer(ana, "Refuse", REASON)
    await ana.page.get_by_text("This was refused.").wait_for()
    assert REASON in await ana.reads()
    assert (await shown(office.caller, held.approval_id))["note"] == REASON


async def test_changes_are_requested_with_a_reason(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana = await hire("ana", held.path)
    await answer(ana, "Request changes", "Ship it to the billing address.")
    await ana.page.get_by_text("Changes were requested.").wait_for()
    assert await votes(office, held) == ["changes_requested"]


async def test_who_clicks_twice_has_decided_once(office: Office, hire: Hire) -> None:
    """Without the module, which would spare the second click."""
    held = await hold(office.caller)
    ana = await hire("ana", held.path, java_script_enabled=False)
    form: dict[str, str | float | bool] = {"choice": "approved"}
    for name in ("csrf", "key", "version"):
        form[name] = await ana.page.locator(f"form[data-decide] [name={name}]").input_value()
    url = f"{office.url}{held.path}/decision"
    answers = await asyncio.gather(*(ana.page.context.request.post(url, form=form, max_redirects=0) for _ in range(5)))
    assert {(each.status, each.headers["location"]) for each in answers} == {(303, held.path)}
    assert await votes(office, held) == ["approved"]
    assert office.caller.engine.news.count((f"order/{held.number}", "decided")) >= 1
    assert (await told(office.caller, held.desk.step)).count("approval.decided") == 1


async def test_a_double_click_on_the_button_ends_on_the_decided_case(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana = await hire("ana", held.path)
    await ana.page.get_by_role("button", name="Approve").dblclick()
    await ana.page.get_by_text("This was approved.").wait_for()
    assert await ana.page.get_by_role("alert").count() == 0
    assert await votes(office, held) == ["approved"]


async def test_the_slower_of_two_people_hears_of_it_and_keeps_their_words(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana, ben = await hire("ana", held.path), await hire("ben", held.path)
    await ben.page.get_by_label("Reason").fill(REASON)
    await answer(ana, "Approve")
    await ana.page.get_by_text("This was approved.").wait_for()
    await answer(ben, "Refuse")
    await expect(ben.page.get_by_role("alert")).to_contain_text("Somebody was faster")
    said = await ben.reads()
    assert REASON in said
    assert re.search(r"approved\s+by ana", said)
    assert await votes(office, held) == ["approved"]


async def test_two_people_approve_what_is_dear(office: Office, hire: Hire) -> None:
    held = await hold(office.caller, dear_body())
    ana = await hire("ana", held.path)
    await answer(ana, "Approve")
    await ana.page.get_by_text("So far: 1.").wait_for()
    await answer(ana, "Approve")
    await expect(ana.page.get_by_role("alert")).to_contain_text("The second yes has to be somebody else's.")
    ben = await hire("ben", held.path)
    await answer(ben, "Approve")
    await ben.page.get_by_text("This was approved.").wait_for()
    assert await votes(office, held) == ["approved", "approved"]


async def test_a_question_that_changed_meanwhile_is_shown_anew_and_no_word_is_lost(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana = await hire("ana", held.path, java_script_enabled=False)
    async with office.database.transaction() as connection:
        await approvals.tell_of_change(
            connection, held.desk.step.order_id, "It goes elsewhere now.", held.desk.step.now
        )
    await answer(ana, "Refuse", REASON)
    await expect(ana.page.get_by_role("alert")).to_contain_text("has changed since you opened it")
    assert "It goes elsewhere now." in await ana.reads()
    assert await typed(ana) == REASON
    assert await votes(office, held) == []
    await answer(ana, "Refuse")
    await ana.page.get_by_text("This was refused.").wait_for()


async def test_nothing_is_decided_once_the_time_is_over(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana = await hire("ana", held.path, java_script_enabled=False)
    async with office.database.connection() as connection:
        await connection.execute(
            "update approvals set due_at = now() - interval '1 minute', escalate_at = null where approval_id = $1",
            held.approval_id,
        )
    await answer(ana, "Refuse", REASON)
    await expect(ana.page.get_by_role("alert")).to_contain_text("the time is over")
    assert REASON in await ana.reads()
    assert await votes(office, held) == []


async def test_who_has_another_role_reads_and_cannot_decide(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    sam = await hire("sam", held.path)
    assert "somebody with the role “risk”" in await sam.reads()
    assert await sam.page.locator("form[data-decide]").count() == 0
    csrf = await sam.page.locator("input[name=csrf]").first.input_value()
    form: dict[str, str | float | bool] = {"csrf": csrf, "version": "1", "choice": "approved", "note": REASON}
    refused = await sam.page.context.request.post(f"{office.url}{held.path}/decision", form=form)
    assert refused.status == 403
    assert "This is not yours to decide." in await refused.text()
    assert await votes(office, held) == []


async def test_who_asked_cannot_decide(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ben = (await office.session_of("ben")).session.member.staff_id
    question = Question(
        kind="claim",
        question="Should it be sent again?",
        evidence=[],
        facts={},
        on_expiry="rejected",
        required_role="service",
    )
    async with office.database.transaction() as connection:
        asked = await approvals.ask(
            connection,
            held.desk.step,
            question,
            held.desk.step.now + timedelta(days=30),
            by=Actor(type="user", id=ben),
        )
    page = await hire("ben", f"/console/cases/{asked}")
    assert "You asked this yourself" in await page.reads()
    assert await page.page.locator("form[data-decide]").count() == 0


@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["with scripts", "without scripts"])
async def test_a_reason_typed_in_a_session_that_is_over_comes_back_after_signing_in(
    office: Office, hire: Hire, *, java_script_enabled: bool
) -> None:
    held = await hold(office.caller)
    ana = await hire("ana", held.path, java_script_enabled=java_script_enabled)
    await ana.page.get_by_label("Reason").fill(REASON)
    await ana.lose_session()
    await answer(ana, "Refuse")
    await expect(ana.page.get_by_role("alert")).to_contain_text("what you wrote is kept")
    await ana.give_password("ana")
    await ana.page.get_by_role("button", name="Refuse").wait_for()
    assert ana.path == held.path
    assert await typed(ana) == REASON
    assert await votes(office, held) == []
    await answer(ana, "Refuse")
    await ana.page.get_by_text("This was refused.").wait_for()


async def test_all_of_it_works_without_scripts(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana = await hire(None, held.path, java_script_enabled=False)
    await ana.give_password("ana")
    assert ana.path == held.path
    await answer(ana, "Refuse", REASON)
    assert "This was refused." in await ana.reads()
    await ana.page.get_by_role("button", name="Sign out").click()
    assert await ana.heading() == "Sign in"


async def test_a_case_is_settled_by_keyboard_alone(office: Office, hire: Hire) -> None:
    held = await hold(office.caller)
    ana = await hire("ana", held.path)
    keyboard = ana.page.keyboard
    await keyboard.press("Tab")
    await expect(ana.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await keyboard.press("r")
    await expect(ana.page.get_by_role("button", name="Refuse")).to_be_focused()
    assert await votes(office, held) == []
    await keyboard.press("n")
    await keyboard.type(REASON)
    for _ in range(2):
        await keyboard.press("Tab")
    await expect(ana.page.get_by_role("button", name="Refuse")).to_be_focused()
    await keyboard.press("Enter")
    await ana.page.get_by_text("This was refused.").wait_for()


async def test_the_inbox_shows_a_new_question_by_itself(office: Office, hire: Hire) -> None:
    ana = await hire("ana")
    held = await hold(office.caller)
    await ana.page.get_by_role("link", name=f"Order {held.number} ").wait_for()
    assert (await say(office.caller, held.approval_id)).status_code == 200
    await ana.page.get_by_role("link", name=f"Order {held.number} ").wait_for(state="detached")


async def test_a_case_that_changes_while_somebody_writes_says_so_and_leaves_their_words(
    office: Office, hire: Hire
) -> None:
    held = await hold(office.caller)
    ana = await hire("ana", held.path)
    await ana.page.get_by_label("Reason").fill(REASON)
    assert (await say(office.caller, held.approval_id)).status_code == 200
    await ana.page.get_by_text("This changed while you were writing.").wait_for()
    await expect(ana.page.locator("#fresh-head")).to_contain_text("approved")
    assert await typed(ana) == REASON
