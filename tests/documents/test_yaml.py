"""The strict YAML reader: what it refuses, with rule and place; what it reads; where things stand; how quick it is."""

import dataclasses
import gc
import importlib.util
import re
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tenantry.documents import building, events, nodes, refusing, scalars, text
from tenantry.documents.problems import PROBLEMS
from tenantry.documents.yaml import read_yaml

REFUSED = Path(__file__).parents[1] / "data" / "refused"
PARSERS = {"c": events.C_PARSER, "python": None}

DEFECTS = {
    # name of the file: rule, line, column (None: the parsers differ)
    "duplicate-key": ("duplicate-key", 6, 5),
    "second-users-block": ("duplicate-key", 5, 1),
    "quoted-twin-of-a-key": ("duplicate-key", 3, 3),
    "alias-bomb": ("yaml-anchor", 1, 4),
    "alias-without-anchor": ("yaml-alias", 1, 8),
    "alias-as-key": ("yaml-alias", 2, 3),
    "recursive-anchor": ("yaml-anchor", 1, 8),
    "anchor-on-a-key": ("yaml-anchor", 2, 3),
    "merge-key": ("merge-key", 2, 27),
    "merge-bomb": ("merge-key", 1, 6),
    "python-object-tag": ("yaml-tag", 1, 8),
    "include-tag": ("yaml-tag", 1, 8),
    "non-specific-tag": ("yaml-tag", 1, 16),
    "tag-on-a-key": ("yaml-tag", 1, 10),
    "two-documents": ("several-documents", 2, 1),
    "empty-second-document": ("several-documents", 2, 1),
    "version-directive": ("yaml-directive", 1, 1),
    "tag-directive": ("yaml-directive", 1, 1),
    "unknown-directive": ("yaml-syntax", 1, None),
    "null-word": ("null-value", 2, 9),
    "tilde-as-value": ("null-value", 1, 16),
    "empty-value": ("null-value", 2, 7),
    "empty-item": ("null-value", 5, 8),
    "only-comments": ("empty-document", 1, 1),
    "empty-document": ("empty-document", 2, 1),
    "boolean-of-yaml-1.1": ("ambiguous-scalar", 1, 27),
    "capital-true": ("ambiguous-scalar", 2, 25),
    "base-60-number": ("ambiguous-scalar", 1, 26),
    "leading-zero": ("ambiguous-scalar", 2, 40),
    "underscores-in-a-number": ("ambiguous-scalar", 1, 37),
    "hexadecimal-number": ("ambiguous-scalar", 1, 37),
    "exponent": ("ambiguous-scalar", 1, 37),
    "decimal-fraction": ("ambiguous-scalar", 1, 37),
    "infinity": ("not-a-number", 1, 37),
    "not-a-number": ("not-a-number", 1, 37),
    "nineteen-digits": ("integer-too-long", 1, 37),
    "number-as-key": ("key-not-text", 2, 3),
    "ambiguous-key": ("key-not-text", 1, 19),
    "list-as-key": ("key-not-text", 1, 3),
    "missing-key": ("key-not-text", 2, None),
    "thirty-three-levels": ("too-deep", 1, 33),
    "escaped-control-character": ("control-character", 1, 16),
    "escaped-nul": ("control-character", 1, 16),
    "escaped-right-to-left-override": ("bidirectional-character", 1, 16),
    "tab-as-indentation": ("yaml-syntax", 2, 1),
    "list-not-closed": ("yaml-syntax", 1, 40),
    "colon-in-plain-text": ("yaml-syntax", 2, 16),
    "at-sign-at-the-start": ("yaml-syntax", 2, 9),
}
BYTES = {
    # defects that no text file shows honestly
    "utf-16": (b"\xff\xfev\x00e\x00", "not-utf8", 1, 1),
    "a byte that is not utf-8": ("version: 1\ntenant: {name: Zürich".encode() + b" \xff}", "not-utf8", 2, 23),
    "a surrogate in utf-8": (b"a: \xed\xa0\x80\n", "not-utf8", 1, 4),
    "a byte order mark inside": (b"a: \xef\xbb\xbfb\n", "byte-order-mark", 1, 4),
    "a second byte order mark": (b"\xef\xbb\xbf\xef\xbb\xbfa: b\n", "byte-order-mark", 1, 1),
    "nul": (b"a: b\nc: d\x00\n", "control-character", 2, 5),
    "escape": (b"# \x1b[2J\na: b\n", "control-character", 1, 3),
    "delete": (b"a: b\x7f\n", "control-character", 1, 5),
    "c1": ("a: é\x9b\n".encode(), "control-character", 1, 5),
    "next line": ("a: b\x85\n".encode(), "control-character", 1, 5),
    "line separator": ("a: b\u2028\n".encode(), "control-character", 1, 5),
    "noncharacter": ("a: b\uffff\n".encode(), "control-character", 1, 5),
    "right-to-left override": ("a: b\n# \u202e\n".encode(), "bidirectional-character", 2, 3),
    "arabic letter mark": ("a: \u061cb\n".encode(), "bidirectional-character", 1, 4),
    "isolate": ("a: '\u2066b'\n".encode(), "bidirectional-character", 1, 5),
    "right-to-left mark": ("a: '\u200fb'\n".encode(), "bidirectional-character", 1, 5),
}


@pytest.fixture(params=PARSERS, autouse=True)
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "C_PARSER", PARSERS[request.param])


def told(content: bytes) -> list[tuple[str, int | None, int | None]]:
    return [(problem.rule, problem.line, problem.column) for problem in read_yaml("a.yaml", content)[1]]


def data_of(content: bytes | str) -> Any:
    document, problems = read_yaml("a.yaml", content if isinstance(content, bytes) else content.encode())
    assert problems == []
    return document.data


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defective_file_is_refused_with_the_place_of_its_first_defect(name: str) -> None:
    content = (REFUSED / f"{name}.yaml").read_bytes()
    rule, line, column = DEFECTS[name]
    first = told(content)[0]
    assert first == (rule, line, column or first[2])


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_may_not_stand_in_a_file_are_refused_with_their_place(name: str) -> None:
    content, *expected = BYTES[name]
    assert told(content)[0] == tuple(expected)


@pytest.mark.parametrize("name", DEFECTS)
def test_each_problem_is_one_printable_sentence_with_a_hint(name: str) -> None:
    for problem in read_yaml("a.yaml", (REFUSED / f"{name}.yaml").read_bytes())[1]:
        assert problem.message.isprintable()
        assert problem.message[0].isprintable()
        assert problem.message.endswith(".")
        assert problem.hint.endswith(".")
        assert problem.hint.isprintable()
        assert (problem.file, problem.severity) == ("a.yaml", "error")
        assert problem.rule in PROBLEMS


def test_a_key_that_stands_twice_is_told_with_both_places_and_the_first_entry_stays() -> None:
    document, problems = read_yaml("a.yaml", (REFUSED / "second-users-block.yaml").read_bytes())
    assert [problem.message for problem in problems] == ['The key "users" stands twice in this map: at 2:1 and at 5:1.']
    assert list(document.data["users"]) == ["alice@contoso.example"]
    assert list(document.lines["users"]) == [3]


def test_problems_that_end_nothing_are_told_together_and_the_rest_is_read() -> None:
    content = b"a: no\nb: 010\nc:\nd: [x, ~]\n1: e\nf: .nan\ng: 1234567890123456789\na: z\n? [k]\n: v\nh: 5\n"
    document, problems = read_yaml("a.yaml", content)
    assert [problem.rule for problem in problems] == [
        *["ambiguous-scalar"] * 2,
        *["null-value"] * 2,
        "key-not-text",
        "not-a-number",
        "integer-too-long",
        "duplicate-key",
        "key-not-text",
    ]
    number = "1234567890123456789"
    assert document.data == {
        "a": "no",
        "b": "010",
        "d": ["x", "~"],
        "1": "e",
        "f": ".nan",
        "g": number,
        "h": 5,
    }


def test_a_fatal_problem_leaves_no_document() -> None:
    for content in (
        b"a: &x b",
        b"a: *x",
        b"*x",
        b"a: {b: *x}",
        b"a: {b: {c: *x}}",
        b"a: !x b",
        b"<<: {}",
        b"a: b\n---\nc: d",
        b"",
        b"a: [",
        b"[" * 33,
    ):
        document, problems = read_yaml("a.yaml", content)
        assert document is None
        assert len(problems) == 1


def test_forbidden_characters_are_replaced_so_that_other_problems_are_told_too() -> None:
    document, problems = read_yaml("a.yaml", b'a: x\x00y\nb: "\\u202e"\nc: no\n"\\0": 1\n')
    assert [problem.rule for problem in problems] == [
        "control-character",
        "bidirectional-character",
        "ambiguous-scalar",
        "control-character",
    ]
    assert document.data == {"a": "x\ufffdy", "b": "\ufffd", "c": "no", "\ufffd": 1}
    assert "\x00" not in document.text


def test_the_message_on_an_ambiguous_scalar_says_quote_it() -> None:
    (problem,) = read_yaml("a.yaml", b"a: 22:22\n")[1]
    assert problem.message == '22:22 is read in more than one way: quote it ("22:22") if it is text.'


def test_a_tag_is_shown_as_it_was_written() -> None:
    (problem,) = read_yaml("a.yaml", b"a: !!binary aGk=\n")[1]
    assert problem.message == "The tag !!binary changes what a value is."


def test_what_the_parser_says_becomes_a_sentence_with_the_beginning_of_the_context() -> None:
    (problem,) = read_yaml("a.yaml", b"a: b\nc: [d\n")[1]
    assert problem.message.startswith("This is not YAML: ")
    assert problem.message.endswith(", while parsing a flow sequence that began at 2:4.")


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"a:\n\tb: c\n", "Indent with spaces: YAML allows no tab here."),
        (b"a: @b\n", "Quote the text that begins here."),
        (b"a: b: c\n", "Quote the text if the colon belongs to it; look at the indentation if it does not."),
        (b"a: [\n", PROBLEMS["yaml-syntax"].mend),
    ],
)
def test_frequent_slips_get_a_hint_of_their_own(content: bytes, hint: str) -> None:
    assert read_yaml("a.yaml", content)[1][0].hint == hint


def test_text_of_the_file_in_a_syntax_error_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = yaml.Mark("x", 3, 0, 3, None, None)

    def broken(_content: Any) -> NoReturn:
        raise yaml.scanner.ScannerError(None, None, "found '\x1b]0;\u202e'", mark)

    monkeypatch.setattr(refusing, "open_events", lambda _content: lambda: broken(None))
    (problem,) = read_yaml("a.yaml", b"a: no\n")[1]
    assert problem.message == "This is not YAML: found '\\x1b]0;\\u202e'."
    assert (problem.line, problem.column) == (1, 4)


def test_an_error_of_the_parser_without_a_place_is_told_where_reading_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> NoReturn:
        raise yaml.YAMLError

    monkeypatch.setattr(refusing, "open_events", lambda _content: broken)
    (problem,) = read_yaml("a.yaml", b"a: no\n")[1]
    assert problem.message == "This is not YAML: it cannot be read on from here."
    assert (problem.line, problem.column) == (1, 1)


@pytest.mark.parametrize("escape", ["\\ud800", "\\UFFFFFFFF", "\\U00110000", "\\udc00x"])
def test_an_escape_that_makes_no_character_is_refused(escape: str) -> None:
    assert told(f'a: "{escape}"'.encode())[0][0] in ("control-character", "yaml-syntax")


@pytest.mark.parametrize("escape", ["\\e", "\\0", "\\a", "\\b", "\\v", "\\f", "\\r", "\\N", "\\L", "\\P", "\\x7f"])
def test_an_escape_that_makes_a_control_character_is_refused(escape: str) -> None:
    assert told(f'a: "{escape}"'.encode()) == [("control-character", 1, 4)]


def test_escapes_that_make_text_are_read() -> None:
    assert data_of('a: "x\\ty\\n\\x41\\u00fc\\U0001F600\\_\\\\"') == {"a": "x\ty\nAü😀\xa0\\"}


@pytest.mark.parametrize(
    "word",
    [
        "y",
        "Y",
        "n",
        "N",
        "yes",
        "Yes",
        "YES",
        "no",
        "No",
        "NO",
        "on",
        "On",
        "ON",
        "off",
        "Off",
        "OFF",
        "True",
        "TRUE",
        "False",
        "FALSE",
        "010",
        "-010",
        "00",
        "0o7",
        "1_000",
        "0x1F",
        "0X1f",
        "0b1",
        "+5",
        "+0",
        "1e3",
        "1E-3",
        "10.0",
        "1.",
        ".5",
        "-.5",
        "+.5",
        "1e400",
        "22:22",
        "1:2:3",
        "190:20:30.15",
        "1_0.5",
        "=",
        "<<",
        "0_",
        "-0x1",
        "12e03",
    ],
)
def test_a_plain_scalar_that_is_read_in_more_than_one_way_is_refused_bare_and_text_when_quoted(word: str) -> None:
    assert told(f"a: {word}\n".encode()) == [("ambiguous-scalar", 1, 4)]
    assert data_of(f"a: \"{word}\"\nb: '{word}'\n") == {"a": word, "b": word}


@pytest.mark.parametrize("word", [".inf", "-.inf", "+.INF", ".nan", ".NaN", "NaN", "nan", "Infinity", "-Infinity"])
def test_what_counts_nothing_is_refused_bare_and_text_when_quoted(word: str) -> None:
    assert told(f"a: {word}\n".encode()) == [("not-a-number", 1, 4)]
    assert data_of(f'a: "{word}"\n') == {"a": word}


@pytest.mark.parametrize("word", ["null", "Null", "NULL", "~", ""])
def test_null_is_refused_bare_and_text_when_quoted(word: str) -> None:
    assert [problem[0] for problem in told(f"a: {word}\n".encode())] == ["null-value"]
    assert data_of(f'a: "{word}"\n') == {"a": word}


def test_a_document_that_is_null_says_so() -> None:
    assert told(b"~\n") == [("null-value", 1, 1)]
    assert read_yaml("a.yaml", b"~\n")[0] is None


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("-5", -5),
        ("120", 120),
        ("999999999999999999", 10**18 - 1),
        ("true", True),
        ("false", False),
        ("2026-12-01", "2026-12-01"),
        ("2026-12-01T22:22:00Z", "2026-12-01T22:22:00Z"),
        ("10.0.0.1", "10.0.0.1"),
        ("4711@contoso.example", "4711@contoso.example"),
        ("1.2.3", "1.2.3"),
        ("0o8", "0o8"),
        ("tRuE", None),
        ("/Contoso/Zurich", "/Contoso/Zurich"),
        ("Müller & Söhne", "Müller & Söhne"),
        ("R&D", "R&D"),
        ("Wow!", "Wow!"),
        ("a*b", "a*b"),
        ("nothing", "nothing"),
        ("yesterday", "yesterday"),
        ("-", "-"),
    ],
)
def test_a_plain_scalar_is_a_whole_number_a_boolean_or_text(word: str, value: Any) -> None:
    content = f"{word}\n" if word != "-" else "'-'\n"
    if value is None:
        assert told(content.encode())[0][0] == "ambiguous-scalar"
    else:
        data = data_of(content)
        assert data == value
        assert type(data) is type(value)


def test_a_plain_scalar_over_several_lines_that_begins_with_a_digit_is_text() -> None:
    assert data_of("a: 1\n  2\n") == {"a": "1 2"}


def test_block_scalars_and_all_styles_are_read() -> None:
    assert data_of("a: |\n  1\n  no\nb: >-\n  x\n  y\n'c': [\"1\", '2']\n") == {
        "a": "1\nno\n",
        "b": "x y",
        "c": ["1", "2"],
    }


def test_lists_that_are_equal_in_python_but_not_in_kind_are_kept_apart() -> None:
    content = 'a: [1]\nb: [true]\nc: ["1"]\nd: []\ne: [""]\nf: [x, z]\ng: [x, z]\nh: [[x], {i: j}]\n'
    data = data_of(content)
    assert data["a"][0] == 1
    assert data["a"][0] is not True
    assert data["b"][0] is True
    assert data["c"] == ["1"]
    assert (data["d"], data["e"]) == ([], [""])
    assert data["f"] == data["g"] == ["x", "z"]
    assert data["h"] == [["x"], {"i": "j"}]


def test_a_list_or_a_text_may_be_the_whole_document() -> None:
    assert data_of("- a\n- [b]\n- - c\n") == ["a", ["b"], ["c"]]
    assert data_of('"no"') == "no"


def test_marks_that_change_nothing_are_allowed() -> None:
    assert data_of("\ufeff%YAML 1.2\n---\na: b\n...\n") == {"a": "b"}
    assert data_of("a: b\r\nc: d\r\n") == {"a": "b", "c": "d"}


def test_thirty_two_levels_are_allowed() -> None:
    assert data_of("[" * 32 + "]" * 32)
    assert data_of("{a: " * 32 + "b" + "}" * 32)
    assert told(("{a: " * 33 + "b" + "}" * 33).encode()) == [("too-deep", 1, 129)]


@pytest.mark.parametrize("opening", [b"[", b"{", b"- ", b"? ", b"[{", b"{a: ", b"[a, "])
@pytest.mark.parametrize("count", [200_000, 5_000_000])
def test_nesting_without_end_is_an_error_at_once(opening: bytes, count: int) -> None:
    content = opening * count
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        document, problems = read_yaml("a.yaml", content)
        seconds.append(time.perf_counter() - begin)
        assert document is None
        assert [problem.rule for problem in problems] == ["too-deep"]
    if count == 200_000:  # the Python parser looks at the whole text first
        assert min(seconds) < (0.1 if events.C_PARSER else 2)


def test_a_file_that_is_too_large_is_not_even_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_BYTES", 10)
    content = b"\xff" * (64 * 1024 * 1024 + 1)
    (problem,) = read_yaml("a.yaml", content)[1]
    assert problem.rule == "file-too-large"
    assert "67108865" in problem.message


def test_more_nodes_than_allowed_end_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (building, refusing):
        monkeypatch.setattr(module, "MAX_NODES", 20)
    assert data_of("[" + "a," * 19 + "]")
    assert told(b"[" + b"a," * 20 + b"]") == [("too-many-nodes", 1, 40)]
    assert data_of("users:\n" + "  u: {}\n".replace("u", "averylongnamethatneedsmanycharacters"))


def test_very_many_problems_end_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "MAX_PROBLEMS", 3)
    monkeypatch.setattr(text, "MAX_PROBLEMS", 2)
    for content, count in ((b"[no, no, no, no, no, no]", 3), (b"# \x00\x00\x00\x00\na: b", 2)):
        document, problems = read_yaml("a.yaml", content)
        assert document is None
        assert len(problems) == count


@given(st.text(st.sampled_from("ab\r\n"), max_size=30), st.integers(1, 5))
def test_places_count_every_way_to_end_a_line(written: str, step: int) -> None:
    class Narrow(text.Lines):
        __slots__ = ()
        _STEP = step

    places = Narrow(written)
    begins = [0, *(end.end() for end in re.finditer("\r\n|\r|\n", written))]
    for index in range(len(written), -1, -1):
        if written[index - 1 : index + 1] != "\r\n":
            line = sum(begin <= index for begin in begins)
            assert places.at(index) == (line, index - begins[line - 1] + 1)


def test_the_collector_is_as_it_was_after_reading() -> None:
    assert gc.isenabled()
    read_yaml("a.yaml", b"a: b\n")
    assert gc.isenabled()
    gc.disable()
    try:
        read_yaml("a.yaml", b"a: no\n")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_lines_of_the_second_level_are_kept_in_the_order_of_its_keys() -> None:
    content = "version: 1\nusers:\n  b: {}\n\n  a: {x: {y: z}}\nservices: {c: {}, d: {}}\nprofiles: []\nempty: {}\n"
    document, _ = read_yaml("a.yaml", content.encode())
    assert {key: list(lines) for key, lines in document.lines.items()} == {
        "users": [3, 5],
        "services": [6, 6],
        "empty": [],
    }


def test_the_strict_reading_keeps_the_same_lines_and_leaves_out_what_it_refuses() -> None:
    content = "users:\n  b: {}\n  c:\n  b: {}\n  a: {x: {y: z}}\nservices: {c: {}, d: {}}\nusers: {}\nx: no\n"
    document, _ = read_yaml("a.yaml", content.encode())
    assert {key: list(lines) for key, lines in document.lines.items()} == {"users": [2, 5], "services": [6, 6]}
    assert list(document.data["users"]) == ["b", "a"]


SAMPLE = """\
version: 1
tenant: {name: Zürich, labels: {region: emea}}
users:
  ada@contoso.example:
    licenses:
      - companion
      - [assistant, "x"]
  bob@contoso.example: {licenses: [], without: []}
"""


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), (1, 1), (1, 1)),
        (("version",), (1, 10), (1, 1)),
        (("tenant", "labels", "region"), (2, 41), (2, 33)),
        (("users",), (4, 3), (3, 1)),
        (("users", "ada@contoso.example", "licenses", 1, 1), (7, 21), (7, 21)),
        (("users", "ada@contoso.example", "licenses", 5), (6, 7), (5, 5)),
        (("users", "bob@contoso.example", "without"), (8, 48), (8, 39)),
        (("users", "bob@contoso.example", "from"), (8, 24), (8, 3)),
        (("users", "nobody"), (4, 3), (3, 1)),
        (("version", "deeper", 0), (1, 10), (1, 1)),
        (("profiles",), (1, 1), (1, 1)),
    ],
)
def test_a_place_is_that_of_the_value_or_key_or_of_the_nearest_above_it(
    path: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]
) -> None:
    document, _ = read_yaml("a.yaml", SAMPLE.encode())
    assert document.place(path) == value
    assert document.place(path, key=True) == key


@pytest.mark.parametrize(
    "content",
    [
        "a: {b: 1, c: [2]}\nd:\n  e: {f: 3}\n  'g': 4\n",
        "{a: {b: 1},\nd: {e: {f: 3},\n\ng: 4}}\n",
        "# first\r\na:\r\n  b: 1\r\n  c:\r\n  - 2\r\n# last\r\nd: {e: {\r\nf: 3}, g: 4}\r\n...\r\n",
        "\ufeff---\n? a\n: b: 1\n  ? c\n  : [2]\n? d\n: e: {f: 3}\n  g: 4\n",
        "? a\n: {b: 1}\nd: \n  e:\n    f: 3\n  g: |\n   a: b\n\n   e: f\n",
        "a:\n- b: 1\n- c\nd:\n  ? e\n  :\n   f: 3\n  ? g\n  : 4",
        "a: 1\nd:\n  ? # a comment\n   e\n  : {f: 3}\n  ? # another\n   g\n  : 4",
    ],
)
def test_a_part_of_a_text_shows_the_same_places_as_all_of_it(content: str) -> None:
    document, problems = read_yaml("a.yaml", content.encode())
    assert problems == []
    whole = dataclasses.replace(document, top={}, lines={})
    paths: list[Any] = [(), "a", "d", "ab", "ac", "de", "def", "dg", "z", "dz", "ax", "dgz", ("a", 0, "b"), ("a", 1)]
    for path in map(tuple, paths):
        for key in (False, True):
            assert document.place(path, key=key) == whole.place(path, key=key)


def test_many_places_are_found_in_one_walk() -> None:
    document, _ = read_yaml("a.yaml", SAMPLE.encode())
    paths = [("users", "bob@contoso.example"), ("version",), ("users", "ada@contoso.example", "licenses", 0)]
    assert document.places(paths) == {paths[0]: (8, 24), paths[1]: (1, 10), paths[2]: (6, 9)}
    assert document.places([]) == {}


def test_the_first_of_two_equal_keys_is_the_one_that_is_found() -> None:
    document, _ = read_yaml("a.yaml", b"a: {x: 1}\na: {x: 2, y: 3}\n? [a]\n: b\n")
    assert document.place(("a", "x")) == (1, 8)
    assert document.place(("a", "y")) == (1, 4)


def test_the_python_parser_serves_where_the_c_one_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml._yaml", None)
    spec = importlib.util.spec_from_file_location("without_c", events.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.C_PARSER is None
    assert module.open_events(b"a: b")().__class__ is yaml.StreamStartEvent


def test_the_nodes_of_a_text_come_in_its_order_with_their_places() -> None:
    assert list(nodes.yaml_nodes('a: [b]\nc: "d"\n')) == [
        ("{", None, 0),
        ("a", "a", 0),
        ("[", None, 3),
        ("a", "b", 4),
        ("]", None, 5),
        ("a", "c", 7),
        ('"', "d", 10),
        ("}", None, 14),
    ]


def test_a_bound_on_nodes_never_says_too_few() -> None:
    for content in (b"[a,b]", b"a: b\nc:\n- d\n- - e", b"{a: {b: [c]}}", b"[a: b, c: d]", b"? a\n: - b"):
        count = sum(hasattr(event, "anchor") for event in yaml.parse(content))
        assert building.may_exceed(content, count - 1)


LETTERS = st.characters(blacklist_categories=("Cc", "Cs", "Cn")).filter(lambda char: not text.FORBIDDEN.search(char))
TEXTS = st.text(LETTERS, max_size=12)
DATA = st.recursive(
    st.booleans() | st.integers(-(10**17), 10**17) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def quoting(data: Any) -> str:
    """Like a careful author: every text is quoted, booleans and numbers are not."""

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, _data: Any) -> bool:
            return True

    Dumper.add_representer(str, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", value, '"'))
    return yaml.dump(data, Dumper=Dumper, allow_unicode=True)


@given(DATA)
def test_what_was_written_with_quotes_is_read_back(data: Any) -> None:
    assert data_of(quoting(data)) == data


@given(st.dictionaries(TEXTS, DATA, max_size=4), st.data())
def test_a_place_points_at_the_character_where_the_value_begins(data: Any, draw: st.DataObject) -> None:
    written = quoting(data)
    document, _ = read_yaml("a.yaml", written.encode())
    path, value = (), data
    while isinstance(value, dict | list) and value:
        step = draw.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        path, value = (*path, step), value[step]
    line, column = document.place(path)
    begin = written.split("\n")[line - 1][column - 1 :]
    expected = '"' if isinstance(value, str) else str(value).lower()
    assert begin.startswith(expected)


@given(st.text(st.sampled_from("0123456789_+-.:eExXobnNyYaAfFiItTrRuUsSlL~=<"), max_size=6))
def test_a_plain_scalar_never_means_another_value_than_both_versions_of_yaml_give_it(word: str) -> None:
    value = scalars.meaning(word)
    if isinstance(value, scalars.Fault):
        return
    loader = yaml.SafeLoader("")
    in_yaml_1_1 = loader.resolve(yaml.ScalarNode, word, (True, False)).rpartition(":")[2]
    assert in_yaml_1_1 == type(value).__name__


def test_every_character_that_hides_or_commands_is_forbidden_and_nothing_else() -> None:
    forbidden = {chr(code) for code in range(0x10000) if text.FORBIDDEN.match(chr(code))}
    assert {chr(code) for code in range(0xD800, 0xE000)} < forbidden
    assert not forbidden & set("\t\n\r aÄ€中\u200b\u200d\ufffd")
    assert len(forbidden - {chr(code) for code in range(0xD800, 0xE000)}) == 29 + 33 + 2 + 3 + 12
    for character in forbidden - {chr(code) for code in range(0xD800, 0xE000)}:
        assert text.forbidden_rule(character) in PROBLEMS
        assert told(f"a: {character}".encode())[0][0] == text.forbidden_rule(character)


def test_text_in_messages_is_printable_and_not_too_long() -> None:
    assert text.shown("a\x1b\u202e\U000e0001b") == "a\\x1b\\u202e\\U000e0001b"
    assert text.shown("x" * 81) == "x" * 77 + "..."
