"""An Idempotency-Key is a structured-field string, or the same bare."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access import read_idempotency_key as read
from contracts.problems import Refused

VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F))


@given(st.text(alphabet=VISIBLE + " ", min_size=1, max_size=255))
def test_a_quoted_key_is_what_was_quoted(key: str) -> None:
    quoted = '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert read(quoted) == key


@given(st.text(alphabet=VISIBLE, min_size=1, max_size=255).filter(lambda key: not key.startswith('"')))
def test_a_bare_key_is_itself(key: str) -> None:
    assert read(key) == key


@given(st.text(min_size=1, max_size=30).filter(lambda key: not set(key) <= set(VISIBLE + " ")))
def test_a_key_of_other_characters_is_refused(key: str) -> None:
    for spelling in (key, f'"{key}"'):
        with pytest.raises(Refused) as refused:
            read(spelling)
        assert (refused.value.status, refused.value.code) == (400, "idempotency_key_invalid")


@pytest.mark.parametrize(
    "key",
    [
        "",
        '""',
        '"',
        '"open',
        'open"inside" ',
        "two words",
        "k" * 256,
        f'"{"k" * 256}"',
        '"\\n"',
        '"a"b"',
        '"k";a=1',
        "é",
    ],
    ids=str,
)
def test_a_key_of_another_form_is_refused(key: str) -> None:
    with pytest.raises(Refused) as refused:
        read(key)
    assert refused.value.code == "idempotency_key_invalid"


def test_255_characters_are_let_through_bare_and_quoted() -> None:
    key = (string.ascii_letters * 5)[:255]
    assert read(key) == read(f'"{key}"') == key
