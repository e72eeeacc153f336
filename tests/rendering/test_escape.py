"""Text from files is the same text in every format, and never more than text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantry.rendering.escape import clip, command_data, command_property, plain

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


@pytest.mark.parametrize("blank", "\u115f\u1160\u2800\u3164\uffa0")
def test_a_letter_that_nobody_sees_is_shown(blank: str) -> None:
    assert plain(f"ada{blank}") == f"ada\\u{ord(blank):04x}"
