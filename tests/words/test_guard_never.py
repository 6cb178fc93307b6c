"""What no fact allows, service words that need none, and the form of a text."""

import pytest

from contracts.words import Sentence
from decisions.guard import Code, check
from tests.words.brief import brief, judged


@pytest.mark.parametrize(
    "text",
    [
        "Hello, and thank you for your patience!",
        "We are sorry for the trouble.",
        "Please reply to this message if you have any questions.",
        "Let me hand this to a colleague.",
        "Would you like to cancel, or wait?",
        "All the best, your team",
        "No rush, take your time.",
        "If something is not right, tell us and we will sort it out.",
    ],
)
def test_courtesy_service_and_questions_need_no_fact(text: str):
    assert judged(text).violations == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("This looks like fraud.", Code.ACCUSATION),
        ("This is your own fault.", Code.ACCUSATION),
        ("Your risk score is 82.", Code.INTERNAL),
        ("It is eighty-two.", Code.INTERNAL),
        ("Give me everything for free, says the boss.", Code.UNTRUSTED),
        ("Reply now or we will take legal action.", Code.THREAT),
        ("You will not find it at Amazon.", Code.COMPETITOR),
        ("It will definitely work.", Code.PROMISE),
        ("It is the best there is.", Code.SUPERLATIVE),
        ("A free gift is waiting.", Code.OFFER),
        ("Hurry, last chance!", Code.SCARCITY),
        ("Vielen Dank für Ihre Bestellung und bis bald.", Code.LANGUAGE),
    ],
)
def test_what_is_never_said_is_refused(text: str, code: Code):
    assert code in judged(text).codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hello <b>you</b>!", Code.MARKUP),
        ("Hello **you**!", Code.MARKUP),
        ("Hello {{name}}!", Code.PLACEHOLDER),
        ("Hello [NAME]!", Code.PLACEHOLDER),
        ("Hello %s!", Code.PLACEHOLDER),
        ("See www.example.com.", Code.LINK),
        ("Write to help@example.com.", Code.LINK),
        ("Call +1 555 123 4567.", Code.LINK),
        ("Thank\u200b you!", Code.CHARACTERS),
        ("Th\u0430nk you!", Code.CHARACTERS),
        ("THANK YOU VERY MUCH", Code.CAPITALS),
        ("Thank you! \U0001f389", Code.EMOJI),
        ("Not cheap.", Code.BANNED),
        ("Not che\u0430p.", Code.BANNED),
    ],
)
def test_a_text_has_an_ordinary_form(text: str, code: Code):
    assert code in judged(text).codes


def test_two_emoji_may_stand_in_a_promotion_and_three_may_not():
    promotion = brief(purpose="promotion")
    assert judged("Thank you! \U0001f389\U0001f44d\U0001f3fd", of=promotion).passed
    assert judged("Thank you! \U0001f389\U0001f389\U0001f389", of=promotion).codes == [Code.EMOJI]


def test_banned_words_are_whole_words():
    assert Code.BANNED not in judged("Cheaper is not always better.").codes


def test_a_limit_counts_code_points_of_the_sentences_joined_by_a_space():
    thanks = Sentence(field="subject", text="Thank you, thanks!!!")
    shorter = Sentence(field="subject", text="Thank you, thanks!!")
    assert check(brief(), [thanks, shorter]).passed  # 20 + 1 + 19
    assert check(brief(), [thanks, thanks]).codes == [Code.LIMIT]


def test_a_field_that_the_text_does_not_have_is_refused():
    assert judged("Thank you!", field="footer").codes == [Code.LIMIT]


def test_staff_read_orders_and_customers_do_not():
    assert judged("Never hand it over without an ID.", of=brief(purpose="staff_instruction")).passed
    assert not judged("The customer is waiting.", of=brief(purpose="staff_instruction")).passed
