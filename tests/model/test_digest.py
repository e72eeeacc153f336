"""Equal data has equal bytes, and nothing but equal data has."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantry.model.digest import canonical, digest

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def test_keys_are_sorted_separators_compact_text_unescaped_and_a_line_feed_ends_it() -> None:
    assert canonical({"b": [1, True, None], "a": "Zürich 漢"}) == '{"a":"Zürich 漢","b":[1,true,null]}\n'


@pytest.mark.parametrize("data", [1.0, [1, 2.5], {"a": {"b": [{"c": 0.1}]}}, (1, (2.0,)), float("nan")])
def test_a_float_is_refused_wherever_it_stands(data: object) -> None:
    with pytest.raises(TypeError, match="is a float"):
        canonical(data)


def test_text_that_looks_like_a_float_is_text() -> None:
    assert canonical({"a": ":1.5,2.5"}) == '{"a":":1.5,2.5"}\n'


def test_a_digest_is_the_sha256_of_the_canonical_bytes() -> None:
    assert digest({"a": "ü"}) == "sha256:" + hashlib.sha256('{"a":"ü"}\n'.encode()).hexdigest()


@given(JSON, JSON)
def test_digests_are_equal_exactly_when_values_are(one: object, other: object) -> None:
    assert (digest(one) == digest(other)) is (repr(_sorted(one)) == repr(_sorted(other)))


def _sorted(data: object) -> object:
    if isinstance(data, dict):
        return {key: _sorted(data[key]) for key in sorted(data)}
    return [_sorted(item) for item in data] if isinstance(data, list) else data
