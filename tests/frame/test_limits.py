"""What is refused before anything reads it: too deep, in no encoding, endless strings in no time."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.limits import MOST_BYTES, depth, refuse_unreadable, without_strings
from contracts.problems import Refused

TEXT = st.text(alphabet=st.sampled_from('[]{}"\\,:Na \u0000ä\u2028')) | st.text()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(TEXT, parts, max_size=4),
    max_leaves=25,
)


def nesting(value: object) -> int:
    """How deep it nests, as a parser found it."""
    match value:
        case list():
            return 1 + max(map(nesting, value), default=0)
        case dict():
            return 1 + max(map(nesting, value.values()), default=0)
        case _:
            return 0


@given(JSON, st.booleans(), st.sampled_from([None, 2]))
def test_depth_is_what_a_parser_finds(value: object, ascii_only: bool, indent: int | None) -> None:  # noqa: FBT001 - drawn
    body = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode(errors="surrogatepass")
    assert depth(without_strings(body)) == nesting(json.loads(body.decode(errors="surrogatepass")))


@given(JSON)
def test_ordinary_json_is_let_through_and_what_no_table_keeps_is_not(value: object) -> None:
    body = json.dumps(value).encode()
    if "\\u0000" in json.dumps(value).replace("\\\\", ""):
        with pytest.raises(Refused, match="U\\+0000"):
            refuse_unreadable(body, "/")
    else:
        refuse_unreadable(body, "/")


@given(st.binary(max_size=200))
def test_whatever_comes_is_let_through_or_refused_with_400(body: bytes) -> None:
    try:
        refuse_unreadable(body, "/")
    except Refused as refused:
        assert refused.status == 400  # noqa: PT017 - most bodies are let through


@pytest.mark.parametrize("body", ['{"a":1,"a":1}', '[{"b":{"a":1,"\\u0061":2}}]', '\ufeff{"a":{},"a":[]}'])
def test_a_key_that_comes_twice_is_refused_however_it_is_spelled(body: str) -> None:
    with pytest.raises(Refused) as refused:
        refuse_unreadable(body.encode(), "/")
    assert (refused.value.status, refused.value.code) == (400, "repeated_key")


@pytest.mark.parametrize("body", ['[{"a":1},{"a":{"a":"a"}}]', '{"a":1,"A":2}', '{"a":1,"a"', "a=1&a=2", ""])
def test_equal_keys_of_different_objects_are_fine_and_no_json_is_left_to_its_reader(body: str) -> None:
    refuse_unreadable(body.encode(), "/")


@pytest.mark.parametrize("levels", [32, 33])
def test_thirty_two_levels_are_let_through_and_one_more_is_not(levels: int) -> None:
    body = b'{"a":[' * (levels // 2) + b"{" * (levels % 2) + b"}" * (levels % 2) + b"]}" * (levels // 2)
    if levels == 32:
        refuse_unreadable(body, "/")
    else:
        with pytest.raises(Refused, match="32 levels"):
            refuse_unreadable(body, "/")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32"])
def test_another_encoding_hides_no_brackets(encoding: str) -> None:
    quote_like = "\u0122"  # its bytes in UTF-16 look like a quotation mark
    with pytest.raises(Refused, match="UTF-8"):
        refuse_unreadable(f'["{quote_like}", {"[" * 40}{"]" * 40}, "{quote_like}"]'.encode(encoding), "/")


@pytest.mark.parametrize("start", [b'"', b'[" ', b'"\\', b""], ids=str)
@pytest.mark.parametrize("repeated", [b'\\"', b"\\\\", b'"', b"\\u0000", b'"\\', b"["], ids=str)
def test_endless_strings_take_no_time(start: bytes, repeated: bytes) -> None:
    body = (start + repeated * MOST_BYTES)[:MOST_BYTES]
    began = time.process_time()
    try:
        refuse_unreadable(body, "/")
    except Refused as refused:
        assert refused.status == 400  # noqa: PT017 - some of these bodies are let through
    assert time.process_time() - began < 0.5
