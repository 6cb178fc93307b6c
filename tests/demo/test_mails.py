"""What customers were told, held against the mailbox and against what the model made up."""

from typing import Any

from simulation.mailbox import ReceivedMail
from simulation.mails import MessageRow, mail_differences, told
from simulation.model import Untruth


def message(message_id: str = "msg_1", **changes: Any) -> MessageRow:
    given = {
        "message_id": message_id,
        "order_number": 1001,
        "kind": "service",
        "status": "sent",
        "reason": None,
        "writer": "composer",
        "rejected": 0,
    }
    return MessageRow.model_validate(given | changes)


def mail(message_id: str = "msg_1", body: str = "It is on its way.") -> ReceivedMail:
    return ReceivedMail(
        mail_id=1,
        message_id=f"<{message_id}@shop.example>",
        recipient="ada@example.org",
        subject="Your order",
        written_by="composer",
        body=body,
        received_at="2026-11-24T09:00:00Z",
    )


def test_what_was_sent_and_came_agrees() -> None:
    assert mail_differences([message()], [mail()], []) == []


def test_a_service_mail_may_come_twice_and_is_counted_apart() -> None:
    assert mail_differences([message()], [mail(), mail()], []) == []
    assert told([message()], [mail(), mail()], []).sent_again == 1


def test_marketing_that_comes_twice_is_told() -> None:
    (difference,) = mail_differences([message(kind="marketing")], [mail(), mail()], [])
    assert "msg_1 is marketing and came more than once" in difference


def test_a_mail_that_is_on_record_and_never_came_is_told() -> None:
    (difference,) = mail_differences([message()], [], [])
    assert "msg_1 is on record as sent, and no mail came" in difference


def test_a_mail_that_came_and_is_not_on_record_is_told() -> None:
    (difference,) = mail_differences([message(status="suppressed")], [mail()], [])
    assert "not on record as sent" in difference


def test_mails_of_other_runs_are_no_matter() -> None:
    assert mail_differences([message()], [mail(), mail("msg_9")], []) == []


def test_what_staff_read_is_not_looked_for_in_the_mailbox() -> None:
    assert mail_differences([message(kind="staff")], [], []) == []


def test_an_untruth_that_reached_its_customer_is_told() -> None:
    made_up = Untruth(order_number="1001", text="You get 15% off.")
    (difference,) = mail_differences([message()], [mail(body="Hello. You get 15% off.")], [made_up])
    assert difference == "a customer of order 1001 was told: You get 15% off."


def test_the_same_sentence_may_be_true_of_another_order() -> None:
    made_up = Untruth(order_number="1002", text="It is on its way.")
    assert mail_differences([message()], [mail()], [made_up]) == []


def test_messages_are_counted_by_what_became_of_them_and_by_who_wrote_them() -> None:
    counted = told(
        [
            message(),
            message("msg_2", writer="simulated-model-1", rejected=2),
            message("msg_3", status="suppressed", reason="superseded", writer=None),
            message("msg_4", status="bounced"),
            message("msg_5", kind="staff"),
        ],
        [mail(), mail("msg_2")],
        [Untruth(order_number="1001", text="It is free.")],
    )
    assert (counted.messages_sent, counted.messages_suppressed, counted.messages_bounced) == (2, 1, 1)
    assert counted.written_by == {"composer": 2, "simulated-model-1": 1}
    assert (counted.guard_rejected, counted.untruths, counted.untruths_sent) == (2, 1, 0)
