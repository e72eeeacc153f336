"""The strict JSON reader: the same problems in the same shape, and null as a value."""

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantry.documents import json as reader
from tenantry.documents import text
from tenantry.documents.json import read_json
from tenantry.documents.problems import PROBLEMS


def told(content: bytes) -> list[tuple[str, int | None, int | None]]:
    return [(problem.rule, problem.line, problem.column) for problem in read_json("a.json", content)[1]]


REFUSED = {
    "a key that stands twice": (b'{"a": 1,\n "b": 2,\n "a": 3}', "duplicate-key", 3, 2),
    "the twin of a key by an escape": (b'{"a": 1, "\\u0061": 3}', "duplicate-key", 1, 10),
    "a key that stands twice inside": (b'[{"x": [{}], "y": {"a": 1, "a": 1}}]', "duplicate-key", 1, 28),
    "NaN": (b'{"a": NaN}', "not-a-number", 1, 7),
    "Infinity": (b"[Infinity]", "not-a-number", 1, 2),
    "minus Infinity": (b"[1, -Infinity]", "not-a-number", 1, 5),
    "a decimal number": (b'{"a": 10.0}', "decimal-number", 1, 7),
    "an exponent": (b'{"a": 1e400}', "decimal-number", 1, 7),
    "nineteen digits": (b"[1000000000000000000]", "integer-too-long", 1, 2),
    "ten thousand digits": (b"[-" + b"9" * 10_000 + b"]", "integer-too-long", 1, 2),
    "thirty-three levels": (b"[" * 33 + b"]" * 33, "too-deep", 1, 33),
    "two thousand levels": (b'{"a":' * 2000 + b"1" + b"}" * 2000, "too-deep", 1, 161),
    "nesting without end": (b"[" * 5_000_000, "too-deep", 1, 33),
    "utf-16": ('{"a": 1}'.encode("utf-16"), "not-utf8", 1, 1),
    "a byte that is not utf-8": (b'{"a": "\xff"}', "not-utf8", 1, 8),
    "a byte order mark inside": (b'{"a": "\xef\xbb\xbf"}', "byte-order-mark", 1, 8),
    "a control character": (b'{"a": "\x1b"}', "control-character", 1, 8),
    "an escaped control character": (b'{"a": "\\u001b"}', "control-character", 1, 7),
    "a carriage return": (b'{"a": "x\\r"}', "control-character", 1, 7),
    "a lone surrogate": (b'{"a": "\\ud800"}', "control-character", 1, 7),
    "a right-to-left override": ('{"a": "\u202e"}'.encode(), "bidirectional-character", 1, 8),
    "an escaped right-to-left override": (b'{"a": "\\u202E"}', "bidirectional-character", 1, 7),
    "an escape in a key": (b'{"\\u202e": 1}', "bidirectional-character", 1, 2),
    "something behind the end": (b'{"a": 1}\n x', "json-syntax", 2, 2),
    "an end that is missing": (b'{"a": [1, 2', "json-syntax", 1, 12),
    "a comma too many": (b'{"a": 1,}', "json-syntax", 1, 8),
    "a comma too many in a list": (b'["a",\n"b" ,\n]', "json-syntax", 2, 5),
    "a comma too many between two": (b'["a",,"b"]', "json-syntax", 1, 6),
    "a raw line end in a text": (b'{"a": "b\nc"}', "json-syntax", 1, 9),
    "no content": (b" \n", "empty-document", 1, 1),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_with_its_place(name: str) -> None:
    content, *expected = REFUSED[name]
    document, problems = read_json("a.json", content)
    assert [(problem.rule, problem.line, problem.column) for problem in problems] == [tuple(expected)]
    (problem,) = problems
    assert problem.rule in PROBLEMS
    assert problem.message.isprintable()
    assert problem.message.endswith(".")
    assert problem.hint
    fatal = expected[0] in ("json-syntax", "too-deep", "not-utf8", "empty-document")
    assert (document is None) == fatal


def test_problems_are_told_together_and_the_data_is_as_good_as_can_be() -> None:
    content = b'{"a": 1, "b": [1.5, NaN, {"c": "\\u0000"}], "a": 2, "d": null, "\\u202e": true, "e": "\\ud83d\\ude00"}'
    document, problems = read_json("a.json", content)
    assert [problem.rule for problem in problems] == [
        "decimal-number",
        "not-a-number",
        "control-character",
        "duplicate-key",
        "bidirectional-character",
    ]
    assert document.data == {
        "a": 1,
        "b": ["1.5", "NaN", {"c": "\ufffd"}],
        "d": None,
        "\ufffd": True,
        "e": "😀",
    }


def test_both_places_of_a_key_that_stands_twice_are_told() -> None:
    (problem,) = read_json("a.json", b'{"a": 1,\n "a": 3}')[1]
    assert problem.message == 'The key "a" stands twice in this map: at 1:2 and at 2:2.'


def test_null_is_a_value() -> None:
    document, problems = read_json("a.json", b'{"a": null, "b": [true, false, -5]}')
    assert problems == []
    assert document.data == {"a": None, "b": [True, False, -5]}
    assert document.lines == {}


def test_thirty_two_levels_are_allowed() -> None:
    assert told(b"[" * 32 + b"]" * 32) == []


def test_an_escape_of_a_backslash_is_no_escape_of_a_character() -> None:
    document, problems = read_json("a.json", b'{"a": "\\\\u202e"}')
    assert problems == []
    assert document.data == {"a": "\\u202e"}


def test_the_limit_is_the_callers() -> None:
    assert told(b'{"a": 1}') == []
    assert [problem.rule for problem in read_json("a.json", b'{"a": 1}', limit=7)[1]] == ["file-too-large"]


def test_very_many_problems_are_collected_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_PROBLEMS", 3)
    assert len(told(b"[1.5, 1.5, 1.5, 1.5]")) == 3


def test_nesting_without_end_is_an_error_at_once() -> None:
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        read_json("a.json", b"[" * 200_000)
        seconds.append(time.perf_counter() - begin)
    assert min(seconds) < 0.1


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), (1, 1), (1, 1)),
        (("a",), (2, 7), (2, 2)),
        (("a", 1, "b,c"), (3, 11), (3, 3)),
        (("a", 1, "é"), (3, 25), (3, 16)),
        (("a", 2), (2, 7), (2, 2)),
        (("d", "e"), (4, 7), (4, 2)),
    ],
)
def test_a_place_is_that_of_the_value_or_key_or_of_the_nearest_above_it(
    path: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]
) -> None:
    content = '{\n\t"a": ["x\\"]", {\n\t\t"b,c"\t: "z", "\\u00e9":3}],\n\t"d": "}"\n}'
    document, problems = read_json("a.json", content.encode())
    assert problems == []
    assert document.place(path) == value
    assert document.place(path, key=True) == key


LETTERS = st.characters(blacklist_categories=("Cs",)).filter(lambda char: not text.FORBIDDEN_IN_VALUE.search(char))
TEXTS = st.text(LETTERS, max_size=12)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(DATA, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_what_was_written_is_read_back(data: Any, ascii_only: Any, indent: Any) -> None:
    content = json.dumps(data, ensure_ascii=ascii_only, indent=indent).encode()
    document, problems = read_json("a.json", content)
    assert problems == []
    assert document.data == data


@given(st.dictionaries(TEXTS, DATA, max_size=4), st.data(), st.booleans())
def test_a_place_points_at_the_character_where_the_value_begins(
    data: Any, draw: st.DataObject, ascii_only: Any
) -> None:
    written = json.dumps(data, ensure_ascii=ascii_only, indent=1)
    document, _ = read_json("a.json", written.encode())
    path, value = (), data
    while isinstance(value, dict | list) and value:
        step = draw.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        path, value = (*path, step), value[step]
    line, column = document.place(path)
    begin = written.split("\n")[line - 1][column - 1 :]
    assert begin.startswith(json.dumps(value, ensure_ascii=ascii_only))


@given(
    st.binary(max_size=60) | st.text(st.sampled_from('{}[],:"\\u0de1.-+eENaInfty tr\n'), max_size=40).map(str.encode)
)
def test_no_bytes_raise(content: bytes) -> None:
    document, problems = read_json("a.json", content)
    assert (document is None) <= bool(problems)
