"""Text from files is the same text in every format, and never more than text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_page import OURS, read

from tenantry.rendering.escape import clip, code, command_data, command_property, plain, prose, visible

HOSTILE = (
    "a|b",
    "`tick`",
    "line\nbreak",
    "<img src=x onerror=alert(1)>",
    "</code><h1>",
    "<!-- gone",
    "--> back",
    "@org/all",
    "#123",
    "{{7*7}}",
    "{% raw %}",
    "www.evil.example",
    "http://evil.example/?a=b&c",
    "_a_ *b* **c** ~~d~~",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "\\",
    "&lt;b&gt;",
    "::error::boom",
    "##vso[task.setvariable]x",
    "##[error]x",
    "\x1b[31mred",
    "\x9b31m",
    "a\u202eb",
    "    code",
    " a  b ",
    "1. one",
    "1) one",
    "- item",
    "# head",
    "> quote",
    "---",
    "===",
    "=HYPERLINK(1)",
    "/close",
    ":smile:",
    "$x$",
    "GH-12",
    "漢字 Zürich",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_an_identifier_in_a_cell_is_read_as_it_was_written(text: str) -> None:
    page = read(f"| a | b |\n| - | - |\n| {code(text)} | x |\n")
    assert page.tables == [[["a", "b"], [visible(text), "x"]]]
    assert set(page.tags) <= OURS


@given(st.text(min_size=1, max_size=80))
def test_any_identifier_in_a_cell_is_read_as_it_was_written(text: str) -> None:
    page = read(f"| a | b |\n| - | - |\n| {code(text)} | x |\n")
    assert page.tables == [[["a", "b"], [visible(text), "x"]]]
    assert page.tags.count("code") == 1


@given(st.text(max_size=80) | st.sampled_from(HOSTILE) | st.lists(st.sampled_from(HOSTILE)).map(" ".join))
def test_a_sentence_is_a_paragraph_with_its_words_and_nothing_else(text: str) -> None:
    page = read(f"{prose(text)}\n")
    assert page.text.split() == visible(text).split()
    assert set(page.tags) <= {"p", "code"}


@pytest.mark.parametrize(
    "word",
    ["@org/all", "#123", "www.evil.example", "GH-12", ":smile:", "$x$", "/close", "!7", "deadbeef1", "a@b.example"],
)
def test_a_word_that_a_forge_would_bring_to_life_stands_in_code(word: str) -> None:
    assert prose(f"see {word}, please").startswith("see <code>")
    assert "<code>" not in prose("see Contact Center User (inferred): 5,400.00 of 120 on 2026-11-24.")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_log_line_is_printable_and_no_command(text: str) -> None:
    shown = plain(text)
    assert shown.isprintable()
    assert "::" not in shown
    assert "##" not in shown


@given(st.text())
def test_nothing_that_is_printed_moves_a_cursor_or_reorders_a_line(text: str) -> None:
    assert plain(text).isprintable()
    assert "::" not in plain(text)
    assert "##" not in plain(text)


def test_printable_text_stays_as_it_is_and_the_rest_shows_its_code_point() -> None:
    assert plain("Zürich 漢字 a|b") == "Zürich 漢字 a|b"
    assert plain("\x1b\u202e\U000e0001") == "\\x1b\\u202e\\U000e0001"


def test_a_workflow_command_keeps_percent_signs_line_ends_and_separators() -> None:
    assert command_data("100%\r\na:b,c") == "100%25%0D%0Aa:b,c"
    assert command_property("100%\r\na:b,c") == "100%25%0D%0Aa%3Ab%2Cc"


def test_a_text_over_the_limit_says_that_there_is_more() -> None:
    assert clip("abcdef", 4) == "abc…"
    assert clip("abcd", 4) == "abcd"
